package dev.election.http;

/**
 * One HTTP answer.
 *
 * @param status the HTTP status code
 * @param body UTF-8; not to be modified
 */
record Answer(int status, String contentType, byte[] body) {}
