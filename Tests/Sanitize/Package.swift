// swift-tools-version: 6.2
import PackageDescription

// What `make sanitize` builds: the libraries below the network, which have threads and C pointers of their own, and their tests.
// The targets are those of the main package (`run` links them in); only their list stands here twice, so that a sanitizer builds a
// tenth of everything.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")

let package = Package(
    name: "sanitize",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "CScheduling"),
        .target(name: "Postgres", dependencies: ["CLibpq", "CScheduling", logging, serviceLifecycle], swiftSettings: settings),
        .executableTarget(name: "embed-text", path: "Plugins/embed-text", swiftSettings: settings),
        .plugin(name: "EmbedText", capability: .buildTool(), dependencies: ["embed-text"]),
        .target(name: "Schema", dependencies: ["Postgres", logging, crypto], swiftSettings: settings, plugins: ["EmbedText"]),
        .target(name: "Traces", dependencies: [logging, nioHTTP1, tracing], swiftSettings: settings),
        .target(
            name: "Jobs", dependencies: ["Postgres", "Traces", logging, serviceLifecycle, metrics, tracing],
            swiftSettings: settings),
        .target(name: "EmbeddedPostgres", dependencies: [logging], swiftSettings: settings),
        .target(
            name: "TestSupport", dependencies: ["EmbeddedPostgres", "Postgres", "Schema", logging], path: "Tests/TestSupport",
            exclude: ["TraceCollector.swift", "TraceRequest.swift"], swiftSettings: settings),
        .testTarget(
            name: "PostgresTests",
            dependencies: [
                "CLibpq", "Postgres", "TestSupport", "EmbeddedPostgres", logging, inMemoryLogging, serviceLifecycle,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "JobsTests", dependencies: ["Jobs", "TestSupport", "Schema", "Postgres", logging, serviceLifecycle],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
