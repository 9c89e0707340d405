// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided fuzzing of what reads bytes from outside: the connections and their parsers, and the rule compiler. A package of its own, because the
// sanitizers change how every module is built; it takes the sources of those parts, and nothing of the rest, from the main package by links.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// Instrumented, and open to the targets that fuzz it; checked, so that an overflow or a bad index is found and not lived with.
let fuzzed = settings + [.unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing", "-assert-config", "Debug"])]
/// With libFuzzer, which drives them. Of the linkers only LLVM's takes its sections.
let fuzzing = settings + [.unsafeFlags(["-sanitize=address"])]
let linked: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]

let package = Package(
    name: "fuzzing",
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(name: "CFuzzer"),
        .target(name: "Model", swiftSettings: fuzzed),
        .target(name: "Routing", dependencies: ["Model", .product(name: "Yams", package: "Yams")], swiftSettings: fuzzed),
        .target(name: "Connections", dependencies: [.product(name: "NIOCore", package: "swift-nio")], swiftSettings: fuzzed),
        .executableTarget(
            name: "FuzzRequests",
            dependencies: [
                "CFuzzer", "Connections", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: fuzzing, linkerSettings: linked),
        .executableTarget(
            name: "FuzzRules", dependencies: ["CFuzzer", "Routing", "Model"], swiftSettings: fuzzing, linkerSettings: linked),
    ],
    swiftLanguageModes: [.v6]
)
