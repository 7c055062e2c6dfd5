package dev.election.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A backend URI")
class BackendUriTest {

    @ParameterizedTest
    @DisplayName("is taken apart into scheme and location")
    @CsvSource(
            quoteCharacter = '~',
            value = {
                "memory:orders,memory,orders",
                "MEMORY:Orders,memory,Orders",
                "kubernetes:,kubernetes,~~",
                "kubernetes:?namespace=x,kubernetes,~~",
                "file:/var/lib/election,file,/var/lib/election",
                "file:///var/lib/election,file,///var/lib/election",
                "file:/a%20b%3F,file,/a b?",
                "file:/a+b,file,/a+b",
                "file:/a@b,file,/a@b",
                "file:///home/a@b,file,///home/a@b",
                "file:/%C3%A9,file,/\u00e9",
                "a+b-c.9:x:y,a+b-c.9,x:y",
                "~etcd://h1:2379,h2:2379/prefix~,etcd,~//h1:2379,h2:2379/prefix~",
                "zookeeper://[::1]:2181/root,zookeeper,//[::1]:2181/root"
            })
    void parts(String text, String scheme, String location) {
        BackendUri uri = BackendUri.parse(text);
        assertThat(uri.scheme()).isEqualTo(scheme);
        assertThat(uri.location()).isEqualTo(location);
        assertThat(uri).hasToString(text);
    }

    @Test
    @DisplayName("has options, percent-decoded, and none that were not given")
    void options() {
        BackendUri uri = BackendUri.parse("x:y?a=1&empty=&b%20c=d%26e=f+g?&&z=");
        assertThat(uri.option("a")).contains("1");
        assertThat(uri.option("empty")).contains("");
        assertThat(uri.option("b c")).contains("d&e=f+g?");
        assertThat(uri.option("missing")).isEmpty();
        assertThat(BackendUri.parse("x:y?").option("")).isEmpty();
        assertThat(BackendUri.parse("x:y?").allowOptions(Set.of())).isNotNull();
    }

    @Test
    @DisplayName("refuses options that nobody knows, naming those that are known")
    void unknownOptions() {
        BackendUri uri = BackendUri.parse("x:y?namespace=a&lok=lease");
        assertThat(uri.allowOptions(Set.of("namespace", "lok"))).isSameAs(uri);
        assertThatThrownBy(() -> uri.allowOptions(Set.of("namespace", "lock")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown option \"lok\"; known are lock, namespace");
        assertThatThrownBy(() -> uri.allowOptions(Set.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("takes no options");
    }

    @Test
    @DisplayName("does not repeat the value of an option that nobody knows: it may be a secret")
    void unknownSecrets() {
        assertThatThrownBy(() -> BackendUri.parse("etcd://host?password=secret").allowOptions(Set.of("user")))
                .hasMessage("\"etcd://host\": unknown option \"password\"; known are user");
    }

    @ParameterizedTest
    @DisplayName("of another form is refused, saying what was expected")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "~~|scheme:location",
                "memory|scheme:location",
                ":x|scheme:location",
                "/var/lib|scheme:location",
                "a b:x|scheme:location",
                "9a:x|scheme:location",
                "x:y#z|no fragment",
                "x:y?a=1#z|no fragment",
                "x:y?a|name=value",
                "x:y?=1|name=value",
                "x:y?a=1&a=2|option \"a\" stands twice",
                "x:y?a=1&%61=2|option \"a\" stands twice",
                "x:%zz|not percent-encoded",
                "x:%2|not percent-encoded",
                "x:y%|not percent-encoded",
                "x:y?a=%-1|not percent-encoded"
            })
    void malformed(String text, String complaint) {
        assertThatThrownBy(() -> BackendUri.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(complaint)
                .hasMessageContaining(text.replaceAll("\\?.*", ""));
    }

    @ParameterizedTest
    @DisplayName("carries no secrets, and does not repeat one in its complaint")
    @ValueSource(
            strings = {
                "etcd://root:secret@host:2379",
                "etcd://host1,root:secret@host2/prefix",
                "etcd://root:secret/@host",
                "etcd://root:a@secret@host",
                "etcd://root:secret@host#x",
                "9etcd://root:secret/@host",
                "etcd://host?password=secret&password=secret",
                "etcd://host?password=secret%",
                "etcd://host?password=secret#x",
                "etcd://host?secret"
            })
    void secrets(String text) {
        assertThatThrownBy(() -> BackendUri.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .doesNotContain("secret")
                .contains("host");
    }

    @Test
    void whatStandsRightBehindTheSchemeCounts() {
        assertThat(BackendUri.parse("x:?a=b").option("a")).contains("b");
        assertThatThrownBy(() -> BackendUri.parse("x:#a")).hasMessageContaining("no fragment");
        assertThatThrownBy(() -> BackendUri.parse("x:?#a=b")).hasMessageContaining("no fragment");
    }

    @Test
    void aComplaintAboutAnOptionSaysWhichItIs() {
        assertThatThrownBy(() -> BackendUri.parse("x:y?a=1&&b=2&c"))
                .hasMessage("an option of a backend URI has the form name=value; option 3 of \"x:y\" has not");
        assertThatThrownBy(() -> BackendUri.parse("x:y?a=%"))
                .hasMessage("option a of \"x:y\" is not percent-encoded: a '%' is followed by two hex digits");
        assertThatThrownBy(() -> BackendUri.parse("x:y?%=1"))
                .hasMessageStartingWith("the name of an option of \"x:y\"");
    }

    @Test
    void aSecretInWhatIsAllOptionsIsNotRepeated() {
        assertThatThrownBy(() -> BackendUri.parse("?secret:x")).hasMessageEndingWith("; got \"\"");
    }

    @Test
    void anAtSignInAnOptionIsNoUser() {
        assertThat(BackendUri.parse("x://host?user=a@b").option("user")).contains("a@b");
    }
}
