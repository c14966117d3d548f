package dev.tributary.format;

/**
 * One entry of a store's record of champions; the last one holds.
 *
 * @param entry its number, from 1
 * @param version the version that became champion
 * @param why and by what
 * @param since when, ISO 8601
 */
public record Champion(int entry, int version, String why, String since) {}
