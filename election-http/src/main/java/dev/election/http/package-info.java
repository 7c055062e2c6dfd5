/**
 * Elections over HTTP: the sidecar that runs beside a program in any language and answers who leads, its command line,
 * and {@link dev.election.http.LeaderHttpServer} for an application that wants to give the same answers itself.
 */
@NullMarked
package dev.election.http;

import org.jspecify.annotations.NullMarked;
