# The worker and the command line. Nothing is installed whose hash does not stand in requirements.lock.

FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
COPY requirements.lock .
# The lock holds the tools of development too. All files are fetched and checked here, once; below only those are
# installed that the project itself needs, and only from this folder.
RUN pip download --require-hashes --no-cache-dir --dest /wheels --requirement requirements.lock
# .dockerignore lets in what belongs in the wheel, nothing else.
COPY . .
RUN pip wheel --no-deps --no-index --find-links /wheels --wheel-dir /wheels . \
 && python -m venv /opt/scene \
 && /opt/scene/bin/pip install --no-cache-dir --no-index --find-links /wheels 'scene-lifecycle-engine[s3]'

FROM python:3.11.14-slim-bookworm
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin scene \
 && install --directory --owner=scene --group=scene /data
COPY --from=build /opt/scene /opt/scene
WORKDIR /app
# For alembic: its [tool.alembic] table.
COPY pyproject.toml .
ARG SCENE_BUILD_ID=""
ENV PATH=/opt/scene/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SCENE_BUILD_ID=$SCENE_BUILD_ID \
    SCENE_DATA_DIR=/data \
    SCENE_TASK_QUEUE=scenes
USER scene
# Healthy is: Temporal has seen this container poll in the last minutes. The SDK's identity is <pid>@<host name>.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD temporal task-queue describe --task-queue "$SCENE_TASK_QUEUE" --legacy-mode | grep -q "@$(hostname) "
CMD ["scene-worker", "run"]
