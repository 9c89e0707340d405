import Foundation
import TestSupport
import Testing

@testable import Rehearsal

/// The steps of an upgrade, with this release in the earlier one's place: `make upgrade-test` plays it with an earlier release and counts.
@Suite struct UpgradeCourseTests {
    private func with<R: Sendable>(_ body: (UpgradeCourse) async throws -> R) async throws -> R {
        var options = RehearsedHub.Options()
        options.programs = try BuiltProgram.folder()
        options.earlierPrograms = try BuiltProgram.folder()
        options.sandboxArguments = ["--visible-after", "0"]
        return try await RehearsedHub.use(options) { hub in
            try await body(
                UpgradeCourse(
                    hub: hub, earlier: try BuiltProgram.folder(), together: .milliseconds(200), pause: .milliseconds(200),
                    terminal: nil))
        }
    }

    @Test(.timeLimit(.minutes(30)))
    func `every earlier program is started again on the newer schema, and then replaced, without one routing error`() async throws
    {
        try await with { course in
            let hub = course.hub
            _ = try await MorningScenario(calls: 20, seed: 3, seconds: 1, unmatchedPeople: true).load(into: hub)
            let questions = try await course.begin(rate: 20)
            let times = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await questions.run() }
                defer { questions.end() }
                return try await course.run(questions)
            }
            #expect(times.startedAgain == HubProgram.allCases.count + 1, "and a router")
            for kind in HubProgram.allCases {
                let running = hub.instances(of: kind).filter(\.isRunning).map(\.number).sorted()
                #expect(running == [3, 4], "\(kind)")
            }
            #expect(questions.figures.asked > 20 && questions.figures.errors.isEmpty, "\(questions.figures.errors)")
        }
    }

    @Test(.timeLimit(.minutes(20)))
    func `where the newer schema lets earlier programs in no more, none is started again`() async throws {
        try await with { course in
            let questions = RouterQuestions(endpoints: [], key: "", rate: 1)
            let again = try await course.startAgain(programsOf: 0, questions)
            #expect(again == 0)
            #expect(HubProgram.allCases.allSatisfy { course.hub.instances(of: $0).isEmpty })
        }
    }
}
