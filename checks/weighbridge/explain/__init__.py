"""Why a refuted claim is refuted, in its spec's own terms; each explanation is checked exactly before it is given."""
