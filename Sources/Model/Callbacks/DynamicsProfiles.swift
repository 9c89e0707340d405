package import FoundationEssentials

/// What follows for the hub from the rows of Dynamics' table of callback profiles. Pure.
///
/// A row that can't be taken changes nothing that is in force: it is refused with its reason, and the version before it stays.
package struct DynamicsProfiles: Sendable, Hashable {
    /// A row as it was read. What it says that means nothing is among the profile's `unreadable`.
    package struct Row: Sendable, Hashable {
        package var profile: CallbackProfile
        package var changedBy: String?

        package init(_ profile: CallbackProfile, changedBy: String? = nil) {
            self.profile = profile
            self.changedBy = changedBy
        }
    }

    /// A profile as the hub has it, made here or there.
    package struct Kept: Sendable, Hashable {
        package var profile: CallbackProfile
        package var isFromDynamics: Bool
        package var refused: String?

        package init(_ profile: CallbackProfile, isFromDynamics: Bool, refused: String? = nil) {
            self.profile = profile
            self.isFromDynamics = isFromDynamics
            self.refused = refused
        }
    }

    /// New or different ones, in the order in which they were made. One that was never good carries its `readersProblem`, and takes
    /// nothing in.
    package private(set) var puts: [Row] = []
    /// Why rows are not taken whose version before stays in force.
    package private(set) var refusals: [UUID: String] = [:]
    /// Those that were refused and are not any more, without anything else to change.
    package private(set) var cleared: [UUID] = []
    /// Those that stand in Dynamics no more.
    package let gone: [UUID]

    /// Everything that is wrong, for people: each with the profile's name.
    package private(set) var troubles: [String] = []

    package var changesAnything: Bool { !puts.isEmpty || !gone.isEmpty }

    /// - Parameters:
    ///   - rows: what stands in Dynamics, switched off rows among them.
    ///   - kept: all profiles of the tenant that were not taken away.
    package init(_ rows: [Row], kept: [Kept]) {
        let known = Dictionary(kept.map { ($0.profile.id, $0) }) { first, _ in first }
        let ids = Set(rows.map(\.profile.id))
        gone = kept.filter { $0.isFromDynamics && !ids.contains($0.profile.id) }.map(\.profile.id).sorted {
            $0.lowercase < $1.lowercase
        }
        var holders = kept.filter { !ids.contains($0.profile.id) && !$0.isFromDynamics }.map(\.profile)
        var seen: Set<UUID> = []
        for row in rows.sorted(by: { $0.profile.isOlder(than: $1.profile) }) where seen.insert(row.profile.id).inserted {
            let before = known[row.profile.id]
            if let problem = Self.problem(row.profile, holders) {
                refuse(row, before, problem)
                if let before, before.profile.readersProblem == nil { holders.append(before.profile) }
            } else {
                take(row, before)
                holders.append(row.profile)
            }
        }
    }

    /// Of two that claim one list the older holds it, wherever each was made.
    private static func problem(_ profile: CallbackProfile, _ holders: [CallbackProfile]) -> CallbackProblem? {
        guard profile.isEnabled else { return nil }
        if let problem = profile.problem { return problem }
        let older = holders.first {
            $0.isEnabled && $0.problem == nil && $0.listID == profile.listID && $0.isOlder(than: profile)
        }
        return older.map { .listClaimed(by: $0.name) }
    }

    private mutating func refuse(_ row: Row, _ before: Kept?, _ problem: CallbackProblem) {
        troubles.append("\(row.profile.name): \(problem.sentence)")
        if let before, before.profile.readersProblem == nil {
            let text =
                "As it stands in Dynamics it can't be taken, version \(before.profile.version) stays in force: \(problem.sentence)"
            if before.refused != text { refusals[row.profile.id] = text }
        } else {
            var bad = row
            bad.profile.readersProblem = problem.sentence
            if before?.isSame(as: bad) != true { puts.append(bad) }
        }
    }

    private mutating func take(_ row: Row, _ before: Kept?) {
        var row = row
        // A list whose name can't be told now keeps the one it had.
        if row.profile.listName == nil, before?.profile.listID == row.profile.listID {
            row.profile.listName = before?.profile.listName
        }
        if before?.isSame(as: row) != true {
            puts.append(row)
        } else if before?.refused != nil {
            cleared.append(row.profile.id)
        }
    }
}

extension CallbackProfile {
    fileprivate func isOlder(than other: CallbackProfile) -> Bool {
        (madeAt, id.lowercase) < (other.madeAt, other.id.lowercase)
    }
}

extension DynamicsProfiles.Kept {
    /// Whether the row says what the hub has already.
    fileprivate func isSame(as row: DynamicsProfiles.Row) -> Bool {
        var (mine, theirs) = (profile, row.profile)
        (mine.version, theirs.version) = (0, 0)
        (mine.madeAt, theirs.madeAt) = (.distantPast, .distantPast)
        (mine.unreadable, theirs.unreadable) = ([], [])
        return isFromDynamics && mine == theirs
    }
}
