package dev.mcpsession.dialog;

import dev.mcpsession.McpSessionException;

/// A limit on what may be open at the same time was reached: requests to clients, or single-use states.
public final class TooManyRequestsException extends McpSessionException {

    private static final long serialVersionUID = 1L;

    TooManyRequestsException(String rule) {
        super(rule);
    }
}
