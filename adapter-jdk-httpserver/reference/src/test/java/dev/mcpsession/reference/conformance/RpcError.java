package dev.mcpsession.reference.conformance;

import dev.mcpsession.json.Json;

/// A request is answered with a JSON-RPC error.
final class RpcError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int INVALID_REQUEST = -32600;
    private static final int METHOD_NOT_FOUND = -32601;
    private static final int INVALID_PARAMS = -32602;
    private static final int INTERNAL_ERROR = -32603;
    private static final int HEADER_MISMATCH = -32020;
    private static final int MISSING_CAPABILITY = -32021;

    private final int status;
    private final transient Json.Obj error;

    private RpcError(int status, Json.Obj error) {
        super(error.toString());
        this.status = status;
        this.error = error;
    }

    /// The answer to what is no request.
    static RpcError invalidRequest() {
        return new RpcError(400, error(INVALID_REQUEST, "body must be one JSON-RPC 2.0 message"));
    }

    /// So says the status, too, in 2026-07-28.
    static RpcError methodNotFound() {
        return new RpcError(404, error(METHOD_NOT_FOUND, "Method not found"));
    }

    static RpcError invalidParams(String why) {
        return new RpcError(200, error(INVALID_PARAMS, why));
    }

    static RpcError noSuchResource(String uri) {
        return new RpcError(200, error(INVALID_PARAMS, "Resource not found").with("data", Json.obj().with("uri", uri)));
    }

    static RpcError internal() {
        return new RpcError(200, error(INTERNAL_ERROR, "Internal error"));
    }

    static RpcError headerMismatch(String why) {
        return new RpcError(400, error(HEADER_MISMATCH, "Header mismatch: " + why));
    }

    static RpcError missingCapability(String capability) {
        var required = Json.obj().with("requiredCapabilities", Json.obj().with(capability, Json.obj()));
        return new RpcError(400, error(MISSING_CAPABILITY, "Missing required client capability").with("data", required));
    }

    private static Json.Obj error(int code, String message) {
        return Json.obj().with("code", code).with("message", message);
    }

    /// The HTTP status in 2026-07-28; with a session it is 200.
    int status() {
        return status;
    }

    Json.Obj error() {
        return error;
    }
}
