/** A correct store in memory, behind a network that can fail, and many that are wrong in one way each. */
@NullMarked
package dev.election.tck.wrong;

import org.jspecify.annotations.NullMarked;
