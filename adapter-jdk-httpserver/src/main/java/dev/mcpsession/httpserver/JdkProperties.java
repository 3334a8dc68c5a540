package dev.mcpsession.httpserver;

import static java.lang.System.Logger.Level.WARNING;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The limits of the JDK's server. The JDK reads them from system properties, once per JVM, when the first server is created. Its defaults
/// do not suit a server that is open to the Internet.
final class JdkProperties {

    private static final System.Logger LOG = System.getLogger(JdkProperties.class.getName());
    private static final String MAX_RESPONSE_TIME = "sun.net.httpserver.maxRspTime";
    private static final Map<String, String> DEFAULTS = defaults();

    private static Map<String, String> inForce = Map.of();

    private JdkProperties() {}

    private static Map<String, String> defaults() {
        var values = new LinkedHashMap<String, String>();
        values.put("sun.net.httpserver.nodelay", "true");
        values.put("sun.net.httpserver.maxReqTime", "30"); // seconds, though documented as milliseconds
        values.put("sun.net.httpserver.maxReqHeaders", "200"); // a count; proxies add many, and only their size is costly
        values.put("sun.net.httpserver.maxReqHeaderSize", "32768");
        values.put("sun.net.httpserver.idleInterval", "75"); // seconds; longer than the 60 after which common proxies close
        values.put("sun.net.httpserver.maxIdleConnections", "10000");
        values.put("jdk.httpserver.maxConnections", "30000"); // the idle ones and 20,000 streams
        return values;
    }

    /// Sets the properties that are not set, once. Must run before the first server is created.
    static synchronized void settle() {
        if (!inForce.isEmpty()) return;
        DEFAULTS.forEach((name, value) -> {
            if (System.getProperty(name) == null) System.setProperty(name, value);
        });
        inForce = current();
        if (inForce.containsKey(MAX_RESPONSE_TIME)) {
            LOG.log(WARNING, () -> MAX_RESPONSE_TIME + " is set: it ends every event stream at that age, in seconds");
        }
    }

    private static Map<String, String> current() {
        var values = new LinkedHashMap<String, String>();
        DEFAULTS.keySet().forEach(name -> values.put(name, System.getProperty(name)));
        var maxResponseTime = System.getProperty(MAX_RESPONSE_TIME);
        if (maxResponseTime != null) values.put(MAX_RESPONSE_TIME, maxResponseTime);
        return Collections.unmodifiableMap(values);
    }

    static synchronized Map<String, String> inForce() {
        return inForce;
    }
}
