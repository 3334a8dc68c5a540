package dev.mcpsession.reference.conformance;

/// Why a scenario need not pass.
///
/// @param finding what the suite then finds; anything else is not excused
/// @param proof   why nobody in this place could pass it
record Excuse(String finding, String proof) {

    boolean covers(Check check) {
        return check.message().equals(finding);
    }
}
