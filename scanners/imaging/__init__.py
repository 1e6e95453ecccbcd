"""Pictures of pages: found on the glass, judged, straightened, packed. Runs in a process of its own."""
