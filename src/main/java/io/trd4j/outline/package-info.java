/**
 * Where in a part's own images a defect lies, and how high it is: the maps say that and about where something is
 * unusual, blurred by the network's receptive field; colours and points say how far it reaches, when they are compared
 * with what a normal part, or the surface around, would show there.
 */
package io.trd4j.outline;
