"""Long Python loops: a trace has written them out, here they become one scan again."""
