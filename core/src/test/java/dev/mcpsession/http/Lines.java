package dev.mcpsession.http;

import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;

/// A logger that keeps its lines, each with the message of its cause.
final class Lines implements System.Logger {

    private final List<String> lines = new CopyOnWriteArrayList<>();

    List<String> all() {
        return List.copyOf(lines);
    }

    @Override
    public String getName() {
        return "lines";
    }

    @Override
    public boolean isLoggable(Level level) {
        return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable cause) {
        lines.add(message + Optional.ofNullable(cause).map(thrown -> ": " + thrown.getMessage()).orElse(""));
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
        throw new AssertionError("parameters drop the cause: " + format);
    }
}
