package dev.mcpsession.json;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.Predicate;

/// A JSON value. Values are immutable, and none of them is ever null.
///
/// `toString` and [#toUtf8] return the value as JSON on one line, without spaces. Both throw a [JsonException] if arrays and objects
/// are nested more than 64 levels deep, which is possible only for a value that was not parsed. `equals` and `hashCode` have no such
/// bound: a value thousands of levels deep exhausts the stack.
public sealed interface Json {

    // No default methods in this interface: with one, a thread that initializes Null first and a thread that initializes Json
    // first would each wait for the other.

    /// The value `null`.
    Json NULL = new Null();

    /// {@return the value of a text}
    ///
    /// The text must be UTF-8 without a byte order mark. An object must not have a key twice, arrays and objects may be nested 64 levels
    /// deep, and an escaped lone surrogate is accepted (see the [package][dev.mcpsession.json]).
    ///
    /// @param utf8 the whole text; it must not change during the call
    /// @throws JsonException if the text is anything but one JSON value and whitespace around it
    static Json parse(byte[] utf8) {
        return JsonReader.read(Objects.requireNonNull(utf8, "utf8"), Selection.Whole.ALL);
    }

    /// {@return the value of a text, as [#parse(byte\[\])] does}
    /// @param text the whole text
    /// @throws JsonException if the text is anything but one JSON value and whitespace around it, or has a lone surrogate; the offset
    ///     counts bytes of the text in UTF-8, not characters
    static Json parse(String text) {
        return parse(Utf8.encoded(Objects.requireNonNull(text, "text")));
    }

    /// Parses a text and keeps only a part of it, without the cost of building the rest. The rest is checked just as strictly: this
    /// method and [#parse(byte\[\])] accept the same texts.
    ///
    /// `keep` is called for each member of an object with its path, such as `["params"]`, and once for all elements of an array, with
    /// the path of the array and `[]`. For a value that it keeps, it is called again for the content, with the longer path, such as
    /// `["params", "_meta"]`. This keeps the id and all of `_meta`, but no array:
    /// {@snippet class="dev.mcpsession.json.JsonPartialTest" region="parse"}
    ///
    /// @param utf8 the whole text; it must not change during the call
    /// @param keep whether to keep the value at this path, an unmodifiable list of at least one key; its exceptions propagate
    /// @return the value without the parts that were not kept
    /// @throws JsonException if the text is anything but one JSON value and whitespace around it
    static Json parse(byte[] utf8, Predicate<List<String>> keep) {
        Objects.requireNonNull(keep, "keep");
        return JsonReader.read(Objects.requireNonNull(utf8, "utf8"), new Selection.Filtered(List.of(), keep));
    }

    /// {@return the object without members}
    static Obj obj() {
        return Obj.EMPTY;
    }

    /// {@return an array of these items}
    /// @param items the elements, in order
    static Arr arr(Json... items) {
        return new Arr(List.of(items));
    }

    /// {@return this value as JSON on one line, in UTF-8}
    /// @throws JsonException if it is nested more than 64 levels deep
    byte[] toUtf8();

    /// An object. Two objects are equal if they have equal members, in any order.
    ///
    /// @param members its members in the order in which they are written; copied on entry, and unmodifiable
    record Obj(SequencedMap<String, Json> members) implements Json {

        private static final Obj EMPTY = new Obj(new LinkedHashMap<>());

        /// Copies the members.
        public Obj {
            var copy = new LinkedHashMap<>(members);
            if (copy.containsKey(null) || copy.containsValue(null)) throw new NullPointerException("member");
            members = Collections.unmodifiableSequencedMap(copy);
        }

        /// {@return whether there are no members}
        public boolean isEmpty() {
            return members.isEmpty();
        }

        /// {@return the value of a member, which may be [Json#NULL], or empty if there is no such member}
        /// @param key the member's key
        public Optional<Json> get(String key) {
            return Optional.ofNullable(members.get(key));
        }

        /// {@return the text of a member that is a string, or empty if it is absent or anything else}
        /// @param key the member's key
        public Optional<String> string(String key) {
            return members.get(key) instanceof Str(var value) ? Optional.of(value) : Optional.empty();
        }

        /// {@return a member that is an object, or empty if it is absent or anything else}
        /// @param key the member's key
        public Optional<Obj> object(String key) {
            return members.get(key) instanceof Obj object ? Optional.of(object) : Optional.empty();
        }

        /// {@return a member that is an array, or empty if it is absent or anything else}
        /// @param key the member's key
        public Optional<Arr> array(String key) {
            return members.get(key) instanceof Arr array ? Optional.of(array) : Optional.empty();
        }

        /// {@return the `long` that a member is exactly ([Num#asLong()]), or empty if it is absent or anything else}
        /// @param key the member's key
        public OptionalLong integer(String key) {
            return members.get(key) instanceof Num number ? number.asLong() : OptionalLong.empty();
        }

        /// {@return the value of a member that is a boolean, or empty if it is absent or anything else}
        /// @param key the member's key
        public Optional<Boolean> bool(String key) {
            return members.get(key) instanceof Bool(var value) ? Optional.of(value) : Optional.empty();
        }

        /// {@return this object with a member added at the end, or replaced where it is}
        /// @param key   the member's key
        /// @param value its value
        public Obj with(String key, Json value) {
            var changed = new LinkedHashMap<>(members);
            changed.put(key, value);
            return new Obj(changed);
        }

        /// {@return this object with a string added at the end, or replaced where it is}
        /// @param key   the member's key
        /// @param value its value
        public Obj with(String key, String value) {
            return with(key, new Str(value));
        }

        /// {@return this object with a number added at the end, or replaced where it is}
        /// @param key   the member's key
        /// @param value its value
        public Obj with(String key, long value) {
            return with(key, Num.of(value));
        }

        /// {@return this object with a boolean added at the end, or replaced where it is}
        /// @param key   the member's key
        /// @param value its value
        public Obj with(String key, boolean value) {
            return with(key, new Bool(value));
        }

        /// {@return this object without a member, or unchanged if there is no such member}
        /// @param key the member's key
        public Obj without(String key) {
            var changed = new LinkedHashMap<>(members);
            changed.remove(key);
            return new Obj(changed);
        }

        /// {@return this object with each member of a patch added at the end or replaced where it is; a null removes the member}
        /// @param patch the changes; nested objects are replaced, not merged
        public Obj merged(Obj patch) {
            var changed = new LinkedHashMap<>(members);
            patch.members.forEach((key, value) -> {
                if (value instanceof Null) changed.remove(key);
                else changed.put(key, value);
            });
            return new Obj(changed);
        }

        @Override public String toString() { return JsonWriter.printed(this); }
        @Override public byte[] toUtf8() { return JsonWriter.utf8(this); }
    }

    /// An array.
    ///
    /// @param items its elements; copied on entry, and unmodifiable
    record Arr(List<Json> items) implements Json {

        /// Copies the items.
        public Arr {
            items = List.copyOf(items);
        }

        @Override public String toString() { return JsonWriter.printed(this); }
        @Override public byte[] toUtf8() { return JsonWriter.utf8(this); }
    }

    /// A string.
    ///
    /// @param value its characters, unescaped; a lone surrogate is allowed, and written as an escape
    record Str(String value) implements Json {

        /// Requires a value.
        public Str {
            Objects.requireNonNull(value, "value");
        }

        @Override public String toString() { return JsonWriter.printed(this); }
        @Override public byte[] toUtf8() { return JsonWriter.utf8(this); }
    }

    /// A number, kept as it was written. An id beyond 2⁵³ is therefore echoed exactly, and a number of a million digits costs no
    /// more than a string of that length.
    ///
    /// Two numbers are equal if they are written alike: `1`, `1.0` and `1e0` are three different numbers. To calculate, pass the literal to
    /// `Double.parseDouble` or `new BigDecimal`, but check its length before the latter, whose cost is quadratic in the length.
    ///
    /// @param literal the number in JSON's notation
    record Num(String literal) implements Json {

        private static final int LONGEST_CONVERTED = 64;

        /// Checks the notation.
        ///
        /// @throws IllegalArgumentException if this is not how JSON writes a number
        public Num {
            if (!NumberToken.isNumber(literal)) {
                throw new IllegalArgumentException("literal must be a JSON number: " + JsonWriter.excerpt(literal));
            }
        }

        /// {@return the number as `Long.toString` writes it}
        /// @param value any number
        public static Num of(long value) {
            return new Num(Long.toString(value));
        }

        /// {@return the number as `Double.toString` writes it}
        /// @param value a finite number
        /// @throws IllegalArgumentException if it is infinite or not a number, which JSON has no notation for
        public static Num of(double value) {
            if (!Double.isFinite(value)) throw new IllegalArgumentException("value must be finite: " + value);
            return new Num(Double.toString(value));
        }

        /// {@return the `long` that is exactly this number, as 1000 is for `1000`, `1e3` and `1000.0`; empty if there is none, or if
        ///     the literal has more than 64 characters, so that the cost is bounded whatever a client sent}
        public OptionalLong asLong() {
            if (literal.length() > LONGEST_CONVERTED) return OptionalLong.empty();
            try {
                return OptionalLong.of(new BigDecimal(literal).longValueExact());
            } catch (ArithmeticException | NumberFormatException _) { // the latter for exponents beyond an int
                return OptionalLong.empty();
            }
        }

        @Override public String toString() { return literal; }
        @Override public byte[] toUtf8() { return JsonWriter.utf8(this); }
    }

    /// `true` or `false`.
    ///
    /// @param value the truth value
    record Bool(boolean value) implements Json {

        @Override public String toString() { return JsonWriter.printed(this); }
        @Override public byte[] toUtf8() { return JsonWriter.utf8(this); }
    }

    /// The value `null`; all of them are equal.
    ///
    /// @see Json#NULL
    record Null() implements Json {

        @Override public String toString() { return JsonWriter.printed(this); }
        @Override public byte[] toUtf8() { return JsonWriter.utf8(this); }
    }
}
