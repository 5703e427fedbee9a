"""What touches the world: classes whose dependencies are Protocols."""
