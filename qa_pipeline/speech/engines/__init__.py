"""Speech recognition engines, one file each: `engine(folder, ...)` gives something that fits contracts.Engine."""
