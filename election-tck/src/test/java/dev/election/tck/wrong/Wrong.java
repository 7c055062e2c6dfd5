package dev.election.tck.wrong;

import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A store that is wrong in one way.
 *
 * @param name what is wrong with it
 * @param rule the rule that it breaks
 * @param message what the kit says of it, among other things
 * @param stores makes one
 */
public record Wrong(String name, String rule, Pattern message, Supplier<Store> stores) {

    Wrong(String name, String rule, String message, Supplier<Store> stores) {
        this(name, rule, Pattern.compile(message, Pattern.DOTALL), stores);
    }

    /** All that there are. */
    public static Stream<Wrong> all() {
        return Stream.of(
                        WrongStores.all(), WrongValues.all(), WrongOutcomes.all(), WrongCalls.all(), WrongWatches.all())
                .flatMap(wrongs -> wrongs);
    }
}
