# The static program and nothing else: no shell, no libraries, no user database. The context is a folder with the program of each
# architecture, unpacked from the archives of a release (or made by .ci/release): amd64/gardefou, arm64/gardefou.
#
#     docker build --tag gardefou FOLDER --file Dockerfile
#     docker run --rm --network none --read-only --volume "$PWD:/code:ro" gardefou scan .
FROM scratch
ARG TARGETARCH=amd64
COPY --chmod=0555 ${TARGETARCH}/gardefou /gardefou
# Nobody: what a scan reads is mounted, and it writes nothing.
USER 65534:65534
WORKDIR /code
ENTRYPOINT ["/gardefou"]
CMD ["scan", "."]
