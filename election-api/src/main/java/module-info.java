/** Elects one leader among many candidates, over any store that can compare and swap one small record. */
module dev.election {
    requires com.fasterxml.jackson.core;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports dev.election;
    exports dev.election.local;
    exports dev.election.spi;

    uses dev.election.spi.ElectionBackendProvider;

    provides dev.election.spi.ElectionBackendProvider with
            dev.election.local.FileBackendProvider,
            dev.election.local.MemoryBackendProvider;
}
