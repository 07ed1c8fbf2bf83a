"""Where recordings come from: folder, manifest, sidecar, file-name patterns; and which of them are sampled."""
