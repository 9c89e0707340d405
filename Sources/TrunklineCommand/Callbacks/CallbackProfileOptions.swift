import ArgumentParser
import Foundation
import Model
import Operations

/// The columns of a profile, as options.
struct CallbackProfileOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Callback list in Enreach.", valueName: "id")) var list: String?
    @Option(name: .long, help: ArgumentHelp("Its name, for people.", valueName: "name")) var listName: String?
    @Option(name: .long, help: ArgumentHelp("Queue in Dynamics.", valueName: "id")) var queue: String?
    @Option(name: .long, help: "Who owns the phone calls: api_user or queue_owner.") var ownership: String?
    @Option(name: .long, help: "Phone Call Subject; empty for the global one.") var subject: String?
    @Option(name: .long, help: "Duplicate Handling Rule: bundle or ignore.") var duplicates: String?
    @Option(name: .long, help: "Synchronization method: polling, webhook or webhook_with_polling.") var method: String?
    @Option(name: .long, help: "Callback Age: how many units each poll asks back.") var age: Int?
    @Option(name: .long, help: "Age Time Unit: days, hours or minutes.") var unit: String?

    /// The profile with what was given. Throws what is wrong with it, with the remedy.
    func applied(to profile: CallbackProfile) throws -> CallbackProfile {
        var profile = profile
        if let list { profile.listID = try Self.id(list, "--list") }
        if let listName { profile.listName = listName }
        if let queue { profile.queueID = try Self.id(queue, "--queue") }
        if let subject { profile.subject = subject.isEmpty ? nil : subject }
        if let age { profile.age = age }
        profile.read(ownership, "--ownership", into: \.ownership)
        profile.read(duplicates, "--duplicates", into: \.duplicates)
        profile.read(method, "--method", into: \.method)
        profile.read(unit, "--unit", into: \.ageUnit)
        if !profile.method.polls, age == nil, unit == nil { (profile.age, profile.ageUnit) = (nil, nil) }
        if let problem = profile.problem { throw OperatorError.usage(problem.sentence) }
        return profile
    }

    private static func id(_ text: String, _ option: String) throws -> UUID {
        guard let id = UUID(uuidString: text) else { throw OperatorError.usage("\(option): '\(text)' is no id (a GUID)") }
        return id
    }
}
