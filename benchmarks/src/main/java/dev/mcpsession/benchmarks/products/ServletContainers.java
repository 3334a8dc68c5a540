package dev.mcpsession.benchmarks.products;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// Servlet containers on loopback, with one servlet behind one filter. Their defaults differ only in the limits on connections, and in Jetty's
/// cache of headers, which is off wherever Jetty is used here.
final class ServletContainers {

    private static final String HOST = "127.0.0.1";
    private static final String ANYTHING = "/*";
    private static final int BACKLOG = 1024;
    private static final int CONNECTIONS = 20_000;
    private static final Logger TOMCAT = Logger.getLogger("org.apache"); // held, or its level is lost when it is collected

    private ServletContainers() {}

    /// A container that listens.
    record Running(int port, Runnable stop) {}

    @FunctionalInterface
    interface Container {

        Running start(Servlet servlet, Filter filter) throws IOException;
    }

    static Running jetty(Servlet servlet, Filter filter) throws IOException {
        var server = new Server();
        var configuration = new HttpConfiguration();
        configuration.setHeaderCacheSize(0); // the default takes 100 kB of heap for each connection
        var connector = new ServerConnector(server, new HttpConnectionFactory(configuration));
        connector.setHost(HOST);
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        var context = new ServletContextHandler();
        var filterHolder = new FilterHolder(filter);
        filterHolder.setAsyncSupported(true);
        context.addFilter(filterHolder, ANYTHING, EnumSet.of(DispatcherType.REQUEST));
        var servletHolder = new ServletHolder(servlet);
        servletHolder.setAsyncSupported(true);
        context.addServlet(servletHolder, ANYTHING);
        server.setHandler(context);
        try {
            server.start();
        } catch (Exception e) { // what Jetty declares
            throw new IOException("Jetty cannot start", e);
        }
        return new Running(connector.getLocalPort(), () -> stop(server));
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) { // what Jetty declares
            throw new IllegalStateException("Jetty cannot stop", e);
        }
    }

    static Running tomcat(Servlet servlet, Filter filter) throws IOException {
        TOMCAT.setLevel(Level.SEVERE); // it warns when it ends that the SDK has threads
        var tomcat = new Tomcat();
        var directory = Files.createTempDirectory("benchmark-tomcat").toFile();
        tomcat.setBaseDir(directory.getPath());
        tomcat.setPort(0);
        var connector = tomcat.getConnector();
        connector.setProperty("address", HOST);
        connector.setProperty("maxConnections", Integer.toString(CONNECTIONS));
        connector.setProperty("acceptCount", Integer.toString(BACKLOG));
        connector.setProperty("maxKeepAliveRequests", "-1"); // it closes a connection after 100 requests otherwise
        var context = tomcat.addContext("", directory.getPath());
        var definition = new FilterDef();
        definition.setFilterName("count");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        var mapping = new FilterMap();
        mapping.setFilterName("count");
        mapping.addURLPattern(ANYTHING);
        context.addFilterMap(mapping);
        var wrapper = Tomcat.addServlet(context, "mcp", servlet);
        wrapper.setAsyncSupported(true);
        wrapper.addMapping(ANYTHING);
        try {
            tomcat.start();
        } catch (LifecycleException e) {
            throw new IOException("Tomcat cannot start", e);
        }
        return new Running(connector.getLocalPort(), () -> stop(tomcat, directory));
    }

    private static void stop(Tomcat tomcat, File directory) {
        try {
            tomcat.stop();
            tomcat.destroy();
            try (var files = Files.walk(directory.toPath())) {
                files.sorted((a, b) -> b.compareTo(a)).map(Path::toFile).forEach(File::delete);
            }
        } catch (LifecycleException | IOException e) {
            throw new IllegalStateException("Tomcat cannot stop", e);
        }
    }
}
