package dev.mcpsession.reference;

import dev.mcpsession.json.Json;

/// Thrown when the answer to a request is a JSON-RPC error.
final class RpcException extends RuntimeException {

    static final int PARSE_ERROR = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int METHOD_NOT_FOUND = -32601;
    static final int INVALID_PARAMS = -32602;
    static final int INTERNAL_ERROR = -32603;
    static final int HEADER_MISMATCH = -32020;
    static final int MISSING_CAPABILITY = -32021;

    private static final long serialVersionUID = 1L;

    private final transient Json.Obj error;

    private RpcException(Json.Obj error) {
        super(error.toString());
        this.error = error;
    }

    RpcException(int code, String message) {
        this(error(code, message));
    }

    RpcException(int code, String message, Json.Obj data) {
        this(error(code, message).with("data", data));
    }

    static RpcException invalidParams(String why) {
        return new RpcException(INVALID_PARAMS, why);
    }

    static RpcException methodNotFound() {
        return new RpcException(METHOD_NOT_FOUND, "Method not found");
    }

    static Json.Obj error(int code, String message) {
        return Json.obj().with("code", code).with("message", message);
    }

    Json.Obj error() {
        return error;
    }
}
