/**
 * Metrics of elections, as text for Prometheus. Of our own: with Micrometer a sidecar would take 10 MiB more, and with
 * Prometheus's own library 5 MiB, for a dozen numbers.
 */
@NullMarked
package dev.election.http.metrics;

import org.jspecify.annotations.NullMarked;
