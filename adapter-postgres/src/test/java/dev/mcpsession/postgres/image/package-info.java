/// Builds, checks and measures the runnable image of the reference server. It is used by the profile `image` alone.
package dev.mcpsession.postgres.image;
