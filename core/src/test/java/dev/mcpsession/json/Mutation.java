package dev.mcpsession.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Damages texts, mostly so little that they are nearly JSON still.
record Mutation(RandomGenerator random) {

    private static final byte[] TOKENS = "{}[]:,\"\\u0123456789aefnrtl-+.EdD \n\0\u007fé\ufeff😀".getBytes(UTF_8);

    byte[] mutated(byte[] text, byte[] other) {
        var mutated = text;
        for (int left = random.nextInt(1, 4); left > 0; left--) mutated = once(mutated, other);
        return mutated;
    }

    private byte[] once(byte[] text, byte[] other) {
        int at = random.nextInt(text.length + 1);
        int end = Math.min(text.length, at + random.nextInt(4));
        return switch (random.nextInt(6)) {
            case 0 -> at < text.length ? flipped(text, at) : text;
            case 1 -> joined(text, at, new byte[] {token()}, at);
            case 2 -> joined(text, at, new byte[0], end);
            case 3 -> joined(text, at, new byte[] {token()}, end);
            case 4 -> Arrays.copyOf(text, at);
            default -> joined(text, at, part(other), end);
        };
    }

    private byte[] flipped(byte[] text, int at) {
        var flipped = text.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private byte token() {
        return TOKENS[random.nextInt(TOKENS.length)];
    }

    private byte[] part(byte[] other) {
        int from = random.nextInt(other.length + 1);
        return Arrays.copyOfRange(other, from, random.nextInt(from, other.length + 1));
    }

    /// The text up to `head`, the middle, and the text from `tail`.
    private static byte[] joined(byte[] text, int head, byte[] middle, int tail) {
        var joined = Arrays.copyOf(text, head + middle.length + text.length - tail);
        System.arraycopy(middle, 0, joined, head, middle.length);
        System.arraycopy(text, tail, joined, head + middle.length, text.length - tail);
        return joined;
    }
}
