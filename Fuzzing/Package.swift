// swift-tools-version: 6.2
import PackageDescription

// Coverage-guided fuzzing of what reads bytes from outside: the request parser and the rule compiler. A package of its own, because the sanitizer
// changes how every module is built; it takes the sources of those parts, and nothing of the rest, from the main package by links.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// Instrumented, and without a main of its own: libFuzzer brings it.
let fuzzed = settings + [.unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"])]
let linked: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address"])]

let package = Package(
    name: "fuzzing",
    dependencies: [.package(url: "https://github.com/jpsim/Yams", from: "6.2.2")],
    targets: [
        .target(name: "Model", swiftSettings: fuzzed),
        .target(name: "Routing", dependencies: ["Model", .product(name: "Yams", package: "Yams")], swiftSettings: fuzzed),
        .target(name: "Wire", swiftSettings: fuzzed),
        .executableTarget(
            name: "FuzzRequests", dependencies: ["Wire"], swiftSettings: fuzzed + [.unsafeFlags(["-enable-testing"])],
            linkerSettings: linked),
        .executableTarget(name: "FuzzRules", dependencies: ["Routing"], swiftSettings: fuzzed, linkerSettings: linked),
    ],
    swiftLanguageModes: [.v6]
)
