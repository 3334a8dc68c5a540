package dev.mcpsession.reference;

import dev.mcpsession.Caller;
import dev.mcpsession.SessionId;
import dev.mcpsession.event.ResourceSubscriptions;
import dev.mcpsession.json.Json;
import java.util.regex.Pattern;

/// The resources.
///
/// @param subscriptions the subscriptions of sessions to resources
record Resources(ResourceSubscriptions subscriptions) {

    private static final Json.Obj LIST = (Json.Obj) Json.parse("""
            {"resources": [
              {"uri": "test://static-text", "name": "text", "description": "A text.", "mimeType": "text/plain"},
              {"uri": "test://static-binary", "name": "binary", "description": "A picture.", "mimeType": "image/png"},
              {"uri": "test://watched-resource", "name": "watched", "description": "To be watched.", "mimeType": "text/plain"}]}""");
    private static final Json.Obj TEMPLATES = (Json.Obj) Json.parse("""
            {"resourceTemplates": [
              {"uriTemplate": "test://template/{id}/data", "name": "template", "description": "Data by id.",
               "mimeType": "application/json"}]}""");
    private static final Pattern TEMPLATE = Pattern.compile("test://template/([^/]{1,64})/data");

    void addTo(Methods methods) {
        methods.addCacheable("resources/list", _ -> LIST);
        methods.addCacheable("resources/templates/list", _ -> TEMPLATES);
        methods.addCacheable("resources/read", Resources::read);
        methods.addInSession("resources/subscribe", this::subscribe);
        methods.addInSession("resources/unsubscribe", this::unsubscribe);
    }

    private static Json.Obj read(Message.Call call) {
        var uri = Notifications.string(call, "uri");
        return Json.obj().with("contents", Json.arr(switch (uri) {
            case "test://static-text" -> Content.textResource(uri, "text/plain", "This is the content of the static text resource.");
            case "test://static-binary" -> Json.obj().with("uri", uri).with("mimeType", "image/png").with("blob", Content.PNG);
            case "test://watched-resource" -> Content.textResource(uri, "text/plain", "Nothing changes here.");
            default -> data(uri);
        }));
    }

    private static Json.Obj data(String uri) {
        var matcher = TEMPLATE.matcher(uri);
        if (!matcher.matches()) {
            throw new RpcException(RpcException.INVALID_PARAMS, "Resource not found", Json.obj().with("uri", uri));
        }
        var id = matcher.group(1);
        var data = Json.obj().with("id", id).with("templateTest", true).with("data", "Data for ID: " + id);
        return Content.textResource(uri, "application/json", data.toString());
    }

    private Json.Obj subscribe(Message.Call call) {
        subscriptions.subscribe(session(), Notifications.string(call, "uri"));
        return Json.obj();
    }

    private Json.Obj unsubscribe(Message.Call call) {
        subscriptions.unsubscribe(session(), Notifications.string(call, "uri"));
        return Json.obj();
    }

    private static SessionId session() {
        return Caller.current().session().orElseThrow().id();
    }
}
