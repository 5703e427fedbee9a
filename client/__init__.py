"""SceneClient: the only place that knows workflow ids, task queues and update ids."""
