package dev.mcpsession.reference.conformance;

/// The reason why a scenario cannot pass.
///
/// @param finding the suite's expected finding; any other is not excused
/// @param proof   why it cannot pass here
record Excuse(String finding, String proof) {

    boolean covers(Check check) {
        return check.message().equals(finding);
    }
}
