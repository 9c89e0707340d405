import Foundation
import Testing

@testable import Model

@Suite struct DynamicsProfilesTests {
    private static let ids = (0..<4).map { UUID(uuidString: "cccccccc-0000-4000-8000-00000000000\($0)")! }
    private static let lists = (0..<4).map { UUID(uuidString: "aaaaaaaa-0000-4000-8000-00000000000\($0)")! }
    private static let queue = UUID(uuidString: "bbbbbbbb-0000-4000-8000-000000000001")!

    /// A profile as it stands in Dynamics; the first was made first.
    private func row(_ index: Int, list: Int? = nil, _ change: (inout CallbackProfile) -> Void = { _ in }) -> DynamicsProfiles.Row
    {
        var profile = CallbackProfile(
            id: Self.ids[index], name: "P\(index)", listID: Self.lists[list ?? index], queueID: Self.queue,
            madeAt: Date(timeIntervalSince1970: Double(index)))
        change(&profile)
        return DynamicsProfiles.Row(profile, changedBy: "Ann")
    }

    private func kept(
        _ row: DynamicsProfiles.Row, version: Int32 = 3, here: Bool = false, refused: String? = nil
    ) -> DynamicsProfiles.Kept {
        var profile = row.profile
        profile.version = version
        return DynamicsProfiles.Kept(profile, isFromDynamics: !here, refused: refused)
    }

    @Test func `a new row is taken, one that is known changes nothing`() {
        let first = DynamicsProfiles([row(0), row(1)], kept: [kept(row(1))])
        #expect(first.puts == [row(0)])
        #expect(first.refusals.isEmpty && first.gone.isEmpty && first.troubles.isEmpty)
        #expect(!DynamicsProfiles([row(0)], kept: [kept(row(0))]).changesAnything)
    }

    @Test func `what differs is taken, whoever had it before`() {
        #expect(DynamicsProfiles([row(0) { $0.subject = "New" }], kept: [kept(row(0))]).puts.map(\.profile.subject) == ["New"])
        #expect(DynamicsProfiles([row(0) { $0.isEnabled = false }], kept: [kept(row(0))]).puts.count == 1)
        // It was kept in the hub while the table was away.
        #expect(DynamicsProfiles([row(0)], kept: [kept(row(0), here: true)]).puts.count == 1)
    }

    @Test func `a list keeps the name it had when nobody can tell it`() {
        let named = row(0) { $0.listName = "Support" }
        #expect(!DynamicsProfiles([row(0)], kept: [kept(named)]).changesAnything)
        let moved = DynamicsProfiles([row(0, list: 2)], kept: [kept(named)])
        #expect(moved.puts.map(\.profile.listName) == [nil])
    }

    @Test func `a row that is gone is taken away, one that was made in the hub stays`() {
        let profiles = DynamicsProfiles([], kept: [kept(row(0)), kept(row(1), here: true)])
        #expect(profiles.gone == [Self.ids[0]])
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let change: @Sendable (inout CallbackProfile) -> Void
        let sentence: String
    }

    static let bad: [Bad] = [
        Bad(testDescription: "no list", change: { $0.listID = nil }, sentence: CallbackProblem.noList.sentence),
        Bad(testDescription: "no queue", change: { $0.queueID = nil }, sentence: CallbackProblem.noQueue.sentence),
        Bad(testDescription: "no age", change: { $0.age = nil }, sentence: CallbackProblem.noAge.sentence),
        Bad(
            testDescription: "too young", change: { ($0.age, $0.ageUnit) = (1, .minutes) },
            sentence: CallbackProblem.ageOutOfRange.sentence),
        Bad(testDescription: "an option nobody knows", change: { $0.unreadable = ["What is that?"] }, sentence: "What is that?"),
    ]

    @Test(arguments: bad) func `a change that can't be taken is told, and the version before stays in force`(example: Bad) {
        let worse = row(0, example.change)
        let first = DynamicsProfiles([worse], kept: [kept(row(0))])
        #expect(first.puts.isEmpty && first.gone.isEmpty && !first.changesAnything)
        let text = "As it stands in Dynamics it can't be taken, version 3 stays in force: \(example.sentence)"
        #expect(first.refusals == [Self.ids[0]: text])
        #expect(first.troubles == ["P0: \(example.sentence)"])
        // Told once.
        let second = DynamicsProfiles([worse], kept: [kept(row(0), refused: text)])
        #expect(second.refusals.isEmpty && second.troubles.count == 1)
        // Put right as it was before: nothing changes but that it is no longer told.
        let third = DynamicsProfiles([row(0)], kept: [kept(row(0), refused: text)])
        #expect(third.cleared == [Self.ids[0]] && third.puts.isEmpty && third.troubles.isEmpty)
    }

    @Test(arguments: bad) func `one that was never good is listed and takes nothing in`(example: Bad) throws {
        let worse = row(0, example.change)
        let profiles = DynamicsProfiles([worse], kept: [])
        let put = try #require(profiles.puts.first?.profile)
        #expect(put.readersProblem == example.sentence && put.problem == .unreadable(example.sentence))
        var bad = worse
        bad.profile.readersProblem = example.sentence
        #expect(!DynamicsProfiles([worse], kept: [kept(bad)]).changesAnything)
        #expect(DynamicsProfiles([row(0)], kept: [kept(bad)]).puts == [row(0)])
    }

    @Test func `what is switched off may be unfinished`() {
        let profiles = DynamicsProfiles([row(0) { ($0.isEnabled, $0.queueID) = (false, nil) }], kept: [])
        #expect(profiles.puts.count == 1 && profiles.troubles.isEmpty)
    }

    @Test func `of two that claim a list the older holds it, wherever each was made`() {
        let both = DynamicsProfiles([row(1, list: 0), row(0)], kept: [])
        #expect(both.puts.map(\.profile.readersProblem) == [nil, CallbackProblem.listClaimed(by: "P0").sentence])
        let beside = DynamicsProfiles([row(1, list: 0)], kept: [kept(row(0), here: true)])
        #expect(beside.troubles == ["P1: \(CallbackProblem.listClaimed(by: "P0").sentence)"])
        // A younger one of the hub's has to give way.
        #expect(DynamicsProfiles([row(0, list: 1)], kept: [kept(row(1), here: true)]).troubles.isEmpty)
        // One that claims what another holds keeps what it had, and nobody else may have that.
        let three = DynamicsProfiles([row(0), row(1, list: 0), row(2, list: 1)], kept: [kept(row(0)), kept(row(1))])
        #expect(Set(three.refusals.keys) == [Self.ids[1]])
        #expect(three.puts.map(\.profile.readersProblem) == [CallbackProblem.listClaimed(by: "P1").sentence])
    }
}
