package dev.mcpsession.httpserver;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The body of a request, which remembers whether it could be read: if not, the client has left or has sent nonsense, and what
/// follows is not its handler's fault. The JDK's reader of chunks throws unchecked exceptions at some sizes; here they are what
/// they mean, an [IOException].
///
/// Used by one thread.
final class RequestBody extends FilterInputStream {

    private boolean broken;

    RequestBody(InputStream in) {
        super(in);
    }

    boolean isBroken() {
        return broken;
    }

    @Override
    public int read() throws IOException {
        return read(in::read);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return read(() -> in.read(bytes, offset, length));
    }

    private int read(Read read) throws IOException {
        try {
            return read.run();
        } catch (IOException e) {
            broken = true;
            throw e;
        } catch (RuntimeException e) {
            broken = true;
            throw new IOException("request body is malformed", e);
        }
    }

    private interface Read {

        int run() throws IOException;
    }
}
