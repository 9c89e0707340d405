import Foundation
import Jobs
import Model
import Operations
import Postgres

/// One job with its attempts as a timeline.
enum JobPageView {
    struct Moment: Sendable {
        let at: TimeMark
        let look: String
        let sentence: String
        let particulars: String?
    }

    struct Model: Sendable {
        let id: Int64
        let state: Tag
        let kind: String
        let queue: String
        let tenant: String
        let tenantLink: String?
        let lane: String
        let key: String?
        /// The call or callback that it works on.
        let subject: Link?
        let attempts: String
        let moments: [Moment]
        let error: String?
        let answer: String?
        let note: String?
        let payload: String
        let others: String?
        let buttons: [JobListPage.Button]
        let hasButtons: Bool
    }

    static func page(_ request: ConsoleRequest) async throws -> Page {
        let id = try request.parameter("id") { Int64($0) }
        guard let story = try await JobStoryStore(database: request.database).story(id) else { throw ConsoleError.notFound }
        let job = story.job
        let tenant = try await TenantStore(database: request.database).names()[job.tenant]
        let buttons = request.may(.operator) ? buttons(job) : []
        return Page(
            "Job \(id)", in: .jobs, template: "jobs/page", trail: [Link("Jobs", "/jobs")],
            model: Model(
                id: id, state: .job(job.state), kind: job.kind, queue: job.queue, tenant: tenant ?? "the hub itself",
                tenantLink: (tenant ?? (job.tenant == 0 ? ConsoleJobFilter.hubItself : nil)).map {
                    Query().setting("tenant", $0).link("/jobs") + "#list"
                },
                lane: JobWords.lane(Int(job.lane.rawValue)), key: job.key, subject: subject(job), attempts: job.attemptsInWords,
                moments: story.moments.map { moment($0, of: job, request) }, error: job.error.map { JobError($0).line },
                answer: job.error.flatMap(Self.answer), note: job.note, payload: PrettyJSON.text(job.payload.text),
                others: job.key.map { Query().setting("key", $0).link("/jobs") + "#list" }, buttons: buttons,
                hasButtons: !buttons.isEmpty))
    }

    private static func buttons(_ job: JobRecord) -> [JobListPage.Button] {
        [JobDesk.Verb.retry, .cancel].filter { $0.states.contains(job.state) }.map { verb in
            JobListPage.Button(
                text: verb == .retry ? "Retry" : "Cancel",
                href: Query().setting("job", "\(job.id)").link("/jobs/\(verb.rawValue)"))
        }
    }

    private static func subject(_ job: JobRecord) -> Link? {
        job.subject.map { subject in
            let page = subject.kind == .callback ? "/callbacks" : "/calls"
            return Link("\(subject.kind.rawValue) \(subject.id.lowercase)", Query().setting("q", subject.id.lowercase).link(page))
        }
    }

    private static func moment(_ moment: JobStory.Moment, of job: JobRecord, _ request: ConsoleRequest) -> Moment {
        let detail = moment.detail.flatMap(StoryDetail.words)
        switch moment.kind {
        case .enqueued: return Moment(at: request.mark(moment.at), look: "", sentence: "It was enqueued.", particulars: nil)
        case .failure:
            return Moment(
                at: request.mark(moment.at), look: "bad", sentence: "\(moment.name.capitalizedFirst) failed.",
                particulars: joined(moment.instance, moment.reason))
        case .event where job.subject?.kind == .callback:
            return Moment(
                at: request.mark(moment.at), look: look(moment.name),
                sentence: CallbackStory.sentence(moment.name, reason: moment.reason),
                particulars: joined(moment.instance, detail))
        case .event:
            let event = TimelineEvent(rawValue: moment.name)
            let reason = moment.reason.map {
                SkipReason(rawValue: $0)?.sentence ?? StateReason(rawValue: $0)?.sentence ?? "Reason: \($0)."
            }
            return Moment(
                at: request.mark(moment.at), look: look(moment.name),
                sentence: [event?.sentence ?? moment.name.replacing("_", with: " "), reason].compactMap(\.self).joined(
                    separator: " "),
                particulars: joined(moment.instance, detail))
        case .state:
            return Moment(
                at: request.mark(moment.at), look: look(moment.name), sentence: stateInWords(moment.name),
                particulars: joined(moment.instance, moment.reason))
        }
    }

    private static func joined(_ parts: String?...) -> String? {
        let known = parts.compactMap(\.self)
        return known.isEmpty ? nil : known.joined(separator: "; ")
    }

    private static func look(_ name: String) -> String {
        switch name {
        case "done", "written", "already_written", "adopted", "updated": "good"
        case "retry", "held", "snoozed", "cancelled": "warn"
        case "dead": "bad"
        default: ""
        }
    }

    private static func stateInWords(_ state: String) -> String {
        switch state {
        case "running": "A worker took it."
        case "retry": "It is tried again then."
        case "scheduled", "snoozed": "It is due then."
        case "held": "It waits until the pause ends."
        case "dead": "It was given up."
        case "cancelled": "It was cancelled."
        case "superseded": "A newer job of its key took its place."
        case "done": "It was done."
        default: "It is \(state)."
        }
    }

    /// The other side's answer, where one was kept.
    private static func answer(_ error: JSONB) -> String? {
        guard let object = try? JSONSerialization.jsonObject(with: Data(error.text.utf8)) as? [String: Any],
            let detail = object["detail"],
            !(detail is NSNull)
        else { return nil }
        return PrettyJSON.text(detail)
    }
}
