# The portal as one image; what a container runs is chosen by its first word (bin/serve): web, worker, beat, migrate.
# It runs as nobody in particular (uid 10001), on a root that is never written to: /tmp, /data and /journal are all it needs.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /portal
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH
COPY requirements/runtime.txt requirements/
RUN pip install --only-binary :all: --no-binary dkimpy --require-hashes -r requirements/runtime.txt
COPY . .
# Words and static files are made here, so that no process writes them; the settings are those of no real portal.
RUN python -m config.translations \
    && DEBUG=0 SECRET_KEY=only-for-collecting-static-files-0123456789abcdefghij ALLOWED_HOSTS=portal.example.org \
       BASE_URL=https://portal.example.org DATABASE_URL=postgres://none/none REDIS_URL=redis://none EMAIL_URL=smtp://none \
       python manage.py collectstatic --no-input -v 0 \
    && python -m compileall -q .

FROM python:3.13-slim-trixie
# Pango draws the PDF files; nothing else comes from the system.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal -m 0700 /data /journal
COPY --from=build /venv /venv
COPY --from=build /portal /portal
WORKDIR /portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=config.settings \
    MEDIA_ROOT=/data MAIL_JOURNAL=/journal
USER 10001
EXPOSE 8000
VOLUME ["/data", "/journal"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:' + os.environ.get('PORT', '8000') + '/health/live', headers={'Host': os.environ.get('ALLOWED_HOSTS', 'localhost').split(',')[0]}), timeout=4)"]
ENTRYPOINT ["bin/serve"]
CMD ["web"]
