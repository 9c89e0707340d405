// swift-tools-version: 6.2
import PackageDescription

/// One set of compiler settings for every target of ours (dependencies keep their own).
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// The libraries others are built on.
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let inMemoryLogging = Target.Dependency.product(name: "InMemoryLogging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "yams")

func library(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource]? = nil,
    plugins: [Target.PluginUsage]? = nil
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings,
        plugins: plugins)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: settings)
}

func tests(_ library: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(library)Tests", dependencies: [.byName(name: library), "TestSupport"] + dependencies,
        swiftSettings: settings)
}

let package = Package(
    name: "trunkline",
    products: [
        .executable(name: "call-sync", targets: ["call-sync"]),
        .executable(name: "user-sync", targets: ["user-sync"]),
        .executable(name: "callback-sync", targets: ["callback-sync"]),
        .executable(name: "router", targets: ["router"]),
        .executable(name: "console", targets: ["console"]),
        .executable(name: "trunkline", targets: ["trunkline"]),
        .executable(name: "sandbox", targets: ["sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.38.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // What Linux' scheduler offers a thread.
        .target(name: "CScheduling"),

        // The database.
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        library("Postgres", ["CLibpq", "CScheduling", logging, serviceLifecycle]),
        .executableTarget(name: "embed-text", path: "Plugins/embed-text", swiftSettings: settings),
        .plugin(name: "EmbedText", capability: .buildTool(), dependencies: ["embed-text"]),
        library("Schema", ["Postgres", logging, crypto], plugins: ["EmbedText"]),
        library("Reports", ["Postgres"], plugins: ["EmbedText"]),
        library("Jobs", ["Postgres", "Traces", logging, serviceLifecycle, metrics, tracing]),

        // Which trace a piece of work belongs to, carried in headers, jobs and log lines.
        library("Traces", [logging, nioHTTP1, tracing]),

        // The field: pure decisions, and the two vendors.
        library("Model", [crypto]),
        library("Enreach", ["Traces", asyncHTTPClient, logging, metrics, nioCore, nioPosix, nioHTTP1, nioSSL, tracing]),
        library(
            "Dynamics",
            [
                "Postgres", "Traces", asyncHTTPClient, jwtKit, crypto, x509, logging, metrics, nioCore, nioHTTP1, nioSSL,
                serviceLifecycle, tracing,
            ]),

        // Numbers, as libphonenumber reads them.
        .target(
            name: "CPhoneNumbers", linkerSettings: [.linkedLibrary("phonenumber"), .linkedLibrary("protobuf")]),
        library("PhoneNumbers", ["CPhoneNumbers", "Model"]),

        // What every program shares, then what each of them does.
        library(
            "Runtime",
            [
                "Model", "Postgres", "Schema", "Traces", configuration, yams, asyncHTTPClient, hummingbird, logging, metrics,
                serviceLifecycle, tracing, unixSignals, nioCore, nioHTTP1, nioPosix, nioSSL, systemPackage,
            ]),
        library("Privacy", ["Model", "Postgres", "Runtime", crypto]),
        library(
            "Tenants",
            [
                "Model", "Postgres", "Privacy", "Jobs", "Enreach", "Dynamics", "PhoneNumbers", "Runtime", "Traces", crypto,
                hummingbird, logging, metrics, serviceLifecycle, tracing,
            ]),
        library("Directory", ["Model", "Postgres", "Jobs", "Dynamics", "Tenants", logging, metrics]),
        library("DynamicsSolution", ["Model", "Postgres", "Dynamics", logging]),
        library(
            "CallSync",
            [
                "Model", "Postgres", "Privacy", "Jobs", "Enreach", "Dynamics", "PhoneNumbers", "Tenants", "Directory", "Runtime",
                "Traces", hummingbird, logging, metrics, serviceLifecycle, tracing,
            ]),
        library(
            "UserSync",
            [
                "Model", "Postgres", "Privacy", "Jobs", "Enreach", "Dynamics", "PhoneNumbers", "Tenants", "Directory",
                "DynamicsSolution",
                "Runtime", "Traces", hummingbird, logging, metrics, serviceLifecycle, tracing,
            ]),
        library(
            "CallbackSync",
            [
                "Model", "Postgres", "Privacy", "Jobs", "Enreach", "Dynamics", "PhoneNumbers", "Tenants", "Directory",
                "DynamicsSolution",
                "Runtime",
                "Traces", hummingbird, logging, metrics, serviceLifecycle, tracing,
            ]),
        library("Routing", ["Model", "Postgres", "Jobs", yams, crypto, logging, metrics, serviceLifecycle]),
        library(
            "Router",
            [
                "Routing", "Postgres", "Privacy", "Runtime", "CScheduling", crypto, nioCore, nioPosix, nioHTTP1, nioHTTP2, nioSSL,
                logging, metrics, serviceLifecycle,
            ]),
        library(
            "Operations",
            [
                "Model", "Postgres", "Jobs", "Dynamics", "PhoneNumbers", "Tenants", "Directory", "DynamicsSolution", "CallSync",
                "UserSync", "CallbackSync",
                "Routing", crypto, cryptoExtras,
            ]),
        library(
            "Console",
            [
                "Operations", "Model", "PhoneNumbers", "Postgres", "Jobs", "Reports", "Routing", "Tenants", "Directory",
                "Runtime",
                mustache, crypto,
                cryptoExtras, jwtKit, asyncHTTPClient, hummingbird, hummingbirdTLS, logging, metrics, nioCore, nioHTTP1, nioPosix,
                nioSSL, serviceLifecycle,
            ], exclude: ["Templates", "Assets"], plugins: ["EmbedText"]),
        library(
            "TrunklineCommand",
            [
                "Operations", "Model", "Postgres", "Schema", "Reports", "Jobs", "Enreach", "Dynamics", "Tenants", "Directory",
                "DynamicsSolution",
                "CallSync", "UserSync", "CallbackSync", "Routing", "Runtime", "Rehearsal", "Privacy", "PhoneNumbers",
                argumentParser, asyncHTTPClient, logging,
                nioCore, nioHTTP1, nioPosix,
            ]),
        library(
            "Sandbox",
            [nioCore, nioPosix, nioHTTP1, nioSSL, jwtKit, crypto, cryptoExtras, x509, asn1, logging, serviceLifecycle]),

        // A private server, and the whole hub in one place to watch and to break.
        library("EmbeddedPostgres", [logging]),
        library(
            "Rehearsal",
            ["EmbeddedPostgres", "Postgres", "Schema", asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix, unixSignals]),

        program("call-sync", ["CallSync", "Runtime", argumentParser]),
        program("user-sync", ["UserSync", "Runtime", argumentParser]),
        program("callback-sync", ["CallbackSync", "Runtime", argumentParser]),
        program("router", ["Router", "Runtime", argumentParser]),
        program("console", ["Console", "Runtime"]),
        program("trunkline", ["TrunklineCommand", argumentParser]),
        program("sandbox", ["Sandbox", argumentParser, logging, serviceLifecycle, unixSignals]),

        // Figures: `make bench-…`, `make chaos-…`.
        program(
            "bench-database", ["Postgres", "Schema", "Jobs", "EmbeddedPostgres", argumentParser, logging, serviceLifecycle],
            path: "Benchmarks/bench-database"),
        program("bench-calls", ["Rehearsal", argumentParser, logging], path: "Benchmarks/bench-calls"),
        program(
            "bench-directory",
            [
                "Rehearsal", "Directory", "PhoneNumbers", "Model", "Postgres", "Schema", "EmbeddedPostgres", argumentParser,
                logging,
            ], path: "Benchmarks/bench-directory"),
        program(
            "bench-router",
            [
                "Routing", "Postgres", "Schema", "EmbeddedPostgres", "Rehearsal", "CLibpq", "CScheduling", argumentParser,
                logging,
            ],
            path: "Benchmarks/bench-router"),

        .target(
            name: "GeneratedData", dependencies: ["Postgres"], path: "Benchmarks/GeneratedData", swiftSettings: settings),
        .target(
            name: "Plans", dependencies: ["Postgres", "Reports", logging], path: "Benchmarks/Plans", swiftSettings: settings),
        program(
            "bench-console",
            [
                "GeneratedData", "Plans", "Console", "Operations", "Model", "Reports", "Postgres", "Schema", "EmbeddedPostgres",
                "Rehearsal",
                argumentParser, asyncHTTPClient, logging, nioCore, nioHTTP1,
            ],
            path: "Benchmarks/bench-console"),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["EmbeddedPostgres", "Postgres", "Schema", hummingbird, logging, nioCore],
            path: "Tests/TestSupport",
            swiftSettings: settings),
        tests("Postgres", ["CLibpq", "EmbeddedPostgres", logging, inMemoryLogging, serviceLifecycle]),
        tests("Schema", ["EmbeddedPostgres", "Postgres", logging, inMemoryLogging]),
        tests("Reports", ["GeneratedData", "Plans", "EmbeddedPostgres", "Postgres", "Schema", "Model", "Jobs", logging]),
        tests("Jobs", ["Schema", "Postgres", logging, serviceLifecycle]),
        tests("Model"),
        tests("Enreach", ["Sandbox", asyncHTTPClient, nioHTTP1, logging]),
        tests("Dynamics", ["Sandbox", "Postgres", asyncHTTPClient, logging]),
        tests(
            "Runtime",
            [
                "Schema", "Postgres", "EmbeddedPostgres", "Traces", configuration, asyncHTTPClient, hummingbird, logging, metrics,
                nioCore, nioHTTP1, serviceLifecycle, tracing,
            ]),
        tests("Traces", [logging, nioHTTP1, tracing]),
        // What is shown to operators, against the real Prometheus.
        .testTarget(
            name: "MonitoringTests",
            dependencies: [
                "Rehearsal", "EmbeddedPostgres", "Postgres", "Jobs", "Enreach", "Dynamics", "Tenants", "Runtime", "Traces",
                "TestSupport",
                asyncHTTPClient, hummingbird, logging, metrics, nioCore, nioHTTP1, tracing, yams,
            ], swiftSettings: settings),
        tests(
            "CallSync",
            [
                "Sandbox", "Rehearsal", "Model", "Jobs", "Enreach", "Dynamics", "PhoneNumbers", "Tenants", "Directory", "Runtime",
                "Postgres", logging,
                serviceLifecycle,
            ]),
        tests("PhoneNumbers", ["CPhoneNumbers", "Model"]),
        tests("Tenants", ["Model", "Jobs", "Enreach", "Dynamics", "Runtime", "Postgres", crypto, logging]),
        tests(
            "Directory", ["Sandbox", "Rehearsal", "Model", "Jobs", "Dynamics", "Tenants", "Postgres", asyncHTTPClient, logging]),
        tests("DynamicsSolution", ["Sandbox", "Dynamics", "Postgres", asyncHTTPClient, logging, nioCore]),
        tests(
            "UserSync",
            [
                "Sandbox", "Rehearsal", "Model", "Jobs", "Enreach", "Dynamics", "Tenants", "Directory", "Runtime", "Postgres",
                asyncHTTPClient, logging, serviceLifecycle,
            ]),
        tests(
            "CallbackSync",
            [
                "Sandbox", "Rehearsal", "Operations", "Model", "Jobs", "Enreach", "Dynamics", "DynamicsSolution",
                "PhoneNumbers", "Tenants", "Directory",
                "Runtime", "Postgres", asyncHTTPClient, logging, nioCore, nioHTTP1, serviceLifecycle,
            ]),
        tests(
            "Privacy",
            [
                "Sandbox", "CallSync", "CallbackSync", "UserSync", "Router", "Routing", "TrunklineCommand", "Model", "Jobs",
                "Enreach",
                "Dynamics", "Tenants", "Runtime", "Postgres", "EmbeddedPostgres", asyncHTTPClient, logging,
            ]),
        tests("Routing", ["Model", "Postgres", "Jobs", yams, logging]),
        tests(
            "Router",
            [
                "Routing", "Runtime", "Postgres", "Model", "EmbeddedPostgres", asyncHTTPClient, nioCore, nioPosix, nioHTTP1,
                nioHTTP2,
                nioSSL, logging, serviceLifecycle,
            ]),
        tests("Operations", ["Model"]),
        tests(
            "Console",
            [
                "Operations", "Tenants", "Sandbox", "Model", "PhoneNumbers", "Jobs", "Routing", "Runtime", "Postgres",
                asyncHTTPClient, crypto, jwtKit,
                logging, nioCore, nioHTTP1, serviceLifecycle,
            ]),
        tests(
            "TrunklineCommand",
            [
                "Sandbox", "Reports", "Operations", "Rehearsal", "DynamicsSolution", "EmbeddedPostgres", "Postgres", "Runtime",
                "Schema", "Jobs", "Model", "Tenants",
            ]),
        tests(
            "Sandbox", [asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL, logging, jwtKit, crypto, cryptoExtras, x509, asn1]),
        tests("Rehearsal", ["Tenants"]),
        .testTarget(
            name: "DeployTests", dependencies: ["TestSupport", "EmbeddedPostgres", "Postgres", "Rehearsal", "CLibpq", yams],
            swiftSettings: settings),
        tests("EmbeddedPostgres"),
    ],
    swiftLanguageModes: [.v6]
)
