package dev.mcpsession.postgres;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// The warnings and errors logged while it is open.
final class Warnings extends Handler implements AutoCloseable {

    /// Locked by tests that count warnings of the same text.
    static final String RESOURCE = "warnings";

    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Logger logger = Logger.getLogger("dev.mcpsession");

    Warnings() {
        logger.addHandler(this);
    }

    long about(String text) {
        return records.stream().filter(record -> record.getMessage().contains(text)).count();
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.WARNING.intValue()) records.add(record);
    }

    @Override
    public void flush() {
        // kept
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
