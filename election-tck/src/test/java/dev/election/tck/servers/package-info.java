/** Real servers as processes of their own, for the tests of this project. */
@NullMarked
package dev.election.tck.servers;

import org.jspecify.annotations.NullMarked;
