package dev.election.tck;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of whole elections, each in a {@link Scene} of its own. */
abstract class ElectionRules {

    private final Kit kit;
    private @Nullable Scene scene;

    ElectionRules(Kit kit) {
        this.kit = kit;
    }

    Kit kit() {
        return kit;
    }

    Scene scene() {
        return java.util.Objects.requireNonNull(scene, "set before each test");
    }

    @BeforeEach
    final void setTheScene() throws Exception {
        scene = new Scene(kit);
    }

    @AfterEach
    final void endTheScene() {
        if (scene != null) {
            scene.close();
        }
    }
}
