# The image has the binary, authorities to trust and a user: nothing else, no shell. It is
# made from nothing, so that it has no base to be kept up to date.
#
#   docker build --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD) -t vitrine:0.1.0 .

ARG GO_VERSION=1.26.8
FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS=linux
ARG TARGETARCH=amd64
ARG VERSION=
ARG REVISION=
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.stampedVersion=$VERSION -X main.stampedRevision=$REVISION" \
    -o image/usr/bin/vitrine ./cmd/vitrine
RUN mkdir -p image/etc/ssl/certs image/var/lib/vitrine image/tmp image/usr/share/doc/vitrine \
    && echo 'vitrine:x:65532:65532:vitrine:/var/lib/vitrine:/sbin/nologin' > image/etc/passwd \
    && echo 'vitrine:x:65532:' > image/etc/group \
    && cp /etc/ssl/certs/ca-certificates.crt image/etc/ssl/certs/ \
    && cp LICENSE image/usr/share/doc/vitrine/ \
    && chown 65532:65532 image/var/lib/vitrine && chmod 0750 image/var/lib/vitrine && chmod 1777 image/tmp

FROM scratch
COPY --from=build /src/image/ /
USER 65532:65532
WORKDIR /var/lib/vitrine
ENV VITRINE_DATA_DIR=/var/lib/vitrine VITRINE_LISTEN=:7654 VITRINE_OPS_LISTEN=:7655 VITRINE_LOG_FORMAT=json
VOLUME /var/lib/vitrine
EXPOSE 7654 7655
# SIGTERM drains it: docker stop --time 60, so that calls in flight may end.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["/usr/bin/vitrine", "health"]
ENTRYPOINT ["/usr/bin/vitrine"]
CMD ["serve"]
