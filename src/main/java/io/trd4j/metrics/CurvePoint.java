package io.trd4j.metrics;

/** One point of a curve; both values are shares from 0 to 1. */
public record CurvePoint(double x, double y) {}
