package dev.mcpsession.reference;

/// A tool could not do what it was asked to; told to the model as the tool's result, so that it can do better.
final class ToolFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ToolFailure(String message) {
        super(message);
    }
}
