package dev.election.http.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.election.http.faults.Resource.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourceTest {

    private static Write write(String writer, long token) {
        return new Write(writer, token, 1);
    }

    @Test
    void a_stale_write_is_refused_by_the_token_and_accepted_without_it() throws Exception {
        try (Resource resource = new Resource()) {
            assertThat(resource.write(write("one", 1))).isTrue();
            assertThat(resource.write(write("two", 2))).isTrue();
            assertThat(resource.write(write("one", 1))).isFalse();
            assertThat(resource.write(write("two", 2))).isTrue();
            Resource.Account account = resource.account();
            assertThat(account.fenced()).isEqualTo(3);
            assertThat(account.fencedStale()).isZero();
            assertThat(account.refused()).isEqualTo(1);
            assertThat(account.unfenced()).isEqualTo(4);
            assertThat(account.unfencedStale()).isEqualTo(1);
        }
    }

    @Test
    void stale_writes_are_counted_from_what_was_kept() {
        assertThat(Resource.stale(List.of(write("one", 1), write("two", 2), write("one", 1), write("one", 1))))
                .isEqualTo(2);
        assertThat(Resource.stale(List.of(write("one", 1), write("two", 1)))).isEqualTo(1);
        assertThat(Resource.stale(List.of())).isZero();
    }
}
