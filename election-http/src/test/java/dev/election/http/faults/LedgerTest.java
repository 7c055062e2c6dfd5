package dev.election.http.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.faults.BlackBox.Term;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger();

    @Test
    void terms_that_follow_each_other_are_all_right() {
        ledger.add("one", List.of(new Term(0, 1, 100, 200), new Term(0, 3, 301, 400)));
        ledger.add("two", List.of(new Term(0, 2, 200, 300)));
        assertThat(ledger.overlaps()).isEmpty();
        assertThat(ledger.tokensOutOfOrder()).isEmpty();
        assertThat(ledger.terms()).isEqualTo(3);
    }

    @Test
    void two_leaders_at_one_time_are_found_even_for_a_nanosecond() {
        ledger.add("one", List.of(new Term(0, 1, 100, 201)));
        ledger.add("two", List.of(new Term(0, 2, 200, 300)));
        assertThat(ledger.overlaps()).singleElement().asString().contains("two with token 2 and one with token 1");
    }

    @Test
    void a_term_within_another_is_found() {
        ledger.add("one", List.of(new Term(0, 1, 100, 400)));
        ledger.add("two", List.of(new Term(0, 2, 200, 200)));
        assertThat(ledger.overlaps()).hasSize(1);
    }

    @Test
    void leaders_of_different_elections_have_nothing_to_do_with_each_other() {
        ledger.add("one", List.of(new Term(0, 2, 100, 400)));
        ledger.add("two", List.of(new Term(1, 1, 200, 300)));
        assertThat(ledger.overlaps()).isEmpty();
        assertThat(ledger.tokensOutOfOrder()).isEmpty();
    }

    @Test
    void a_token_that_comes_again_or_falls_is_found() {
        ledger.add("one", List.of(new Term(0, 5, 100, 200), new Term(0, 4, 500, 600)));
        ledger.add("two", List.of(new Term(0, 5, 300, 400)));
        assertThat(ledger.tokensOutOfOrder()).hasSize(2);
    }
}
