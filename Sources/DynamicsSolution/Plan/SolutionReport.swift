package import Dynamics

/// A whole reading: findings in order, and the answers for the programs.
package struct SolutionReport: Sendable {
    package let definition: SolutionDefinition
    package let state: EnvironmentState
    package let findings: [SolutionFinding]
    package let probes: DynamicsProbes

    /// Reads the environment and judges it.
    ///
    /// - Parameters:
    ///   - refusedKeys: codes by `table.key`, of keys that Dynamics refused.
    ///   - pause: waits before it asks again; tests hand in one that does not.
    /// - Throws: `DynamicsError`; `CancellationError`.
    package static func read(
        _ definition: SolutionDefinition, from dynamics: DynamicsClient, refusedKeys: [String: String] = [:],
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async throws -> SolutionReport {
        let state = try await EnvironmentReader(dynamics: dynamics, pause: pause).read(definition)
        let bulk = try await BulkReader(metadata: MetadataReader(dynamics: dynamics, pause: pause)).read()
        return SolutionReport(
            definition: definition, state: state,
            findings: SolutionComparison(definition, state, refusedKeys: refusedKeys).findings,
            probes: DynamicsProbes(definition, state, bulk: bulk, refusedKeys: refusedKeys))
    }

    /// The keys that were refused according to earlier answers.
    package static func refusedKeys(_ definition: SolutionDefinition, _ probes: DynamicsProbes) -> [String: String] {
        var refused: [String: String] = [:]
        for case .key(let key) in definition.parts {
            guard let column = key.columns.first else { continue }
            refused["\(key.table).\(key.name)"] = probes.refusedKey(key.table, column)
        }
        return refused
    }

    /// What `install` would make or write again.
    package var plan: [SolutionFinding] { findings.filter(\.isPlanned) }
    package var isWell: Bool { !findings.contains(where: \.isFailure) }
}
