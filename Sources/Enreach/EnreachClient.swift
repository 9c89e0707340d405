public import AsyncHTTPClient
public import FoundationEssentials
public import Logging
import Synchronization

/// Reads calls, users and queues of one Enreach organisation.
///
/// It finds the organisation's API address and key by itself, keeps both, asks again when they stop working, retries what may
/// succeed on a second try, and slices wide windows. It holds no other state, and may be used by many tasks at once. Cancelling the task
/// ends the request. All functions throw ``EnreachError`` (and `CancellationError`).
public final class EnreachClient: Sendable {
    let configuration: EnreachConfiguration
    let transport: EnreachTransport
    let session: EnreachSession
    let decoder: AnswerDecoder
    let watch: FieldWatch
    let logger: Logger
    /// When the vendor last refused the question for allocated callback requests. Nil: it was answered since, or never asked.
    let allocatedRefusedAt = Mutex<ContinuousClock.Instant?>(nil)

    /// - Parameters:
    ///   - http: whose connections are used; the caller shuts it down. Its trust store and connect time-out apply.
    ///   - clock: measures the waits between attempts.
    public init(
        configuration: EnreachConfiguration, http: HTTPClient, logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.configuration = configuration
        self.logger = logger
        transport = EnreachTransport(configuration: configuration, http: http, logger: logger, clock: clock)
        decoder = AnswerDecoder(configuration.fields)
        session = EnreachSession(configuration: configuration, transport: transport, decoder: decoder, logger: logger)
        watch = FieldWatch(configuration.fields, logger: logger)
    }

    /// All users the API user may see.
    public func users() async throws -> Listing<EnreachUser> {
        try await list(EnreachUser.self, .usersPath)
    }

    /// The API user itself: the cheapest way to see whether address, name and key are right.
    public func me() async throws -> EnreachUser {
        try await object(EnreachUser.self, .usersPath, suffix: "/me")
    }

    /// All queues the API user may see.
    public func queues() async throws -> Listing<EnreachQueue> {
        try await list(EnreachQueue.self, .queuesPath)
    }

    /// Call events changed between two times, both ends included, in no order; windows over 31 days take several requests.
    /// An event on the seam of two requests comes once.
    public func calls(modifiedAfter: Date, modifiedBefore: Date) async throws -> Listing<CallEvent> {
        try await sliced(CallEvent.self, .callsPath, (.modifiedAfter, .modifiedBefore), modifiedAfter, modifiedBefore)
    }

    /// Call events that started between two times, as ``calls(modifiedAfter:modifiedBefore:)``.
    public func calls(startedAfter: Date, startedBefore: Date) async throws -> Listing<CallEvent> {
        try await sliced(CallEvent.self, .callsPath, (.startTime, .endTime), startedAfter, startedBefore)
    }

    /// All events of one call; empty when the vendor knows none.
    public func call(id: UUID) async throws -> Listing<CallEvent> {
        try await list(CallEvent.self, .callsPath, [(configuration.requests[.callID], id.uuidString.lowercased())])
    }

    /// Queue calls changed between two times, as ``calls(modifiedAfter:modifiedBefore:)``.
    public func serviceCalls(modifiedAfter: Date, modifiedBefore: Date) async throws -> Listing<ServiceCall> {
        try await sliced(ServiceCall.self, .serviceCallsPath, (.modifiedAfter, .modifiedBefore), modifiedAfter, modifiedBefore)
    }

    /// Queue calls that started between two times, as ``calls(modifiedAfter:modifiedBefore:)``.
    public func serviceCalls(startedAfter: Date, startedBefore: Date) async throws -> Listing<ServiceCall> {
        try await sliced(ServiceCall.self, .serviceCallsPath, (.startTime, .endTime), startedAfter, startedBefore)
    }

    /// What the vendor says of a recording. Throws `notFound` when there is none.
    public func recording(id: UUID) async throws -> Recording {
        let answer = try await object(RecordingAnswer.self, .recordingPath, id: id)
        return Recording(id: id, url: try await absolute(answer.url))
    }

    /// A transcript; ask again later while it is pending. Throws `notFound` when there is none.
    public func transcript(id: UUID) async throws -> Transcript {
        let answer = try await object(TranscriptAnswer.self, .transcriptPath, id: id)
        return Transcript(id: id, status: answer.status, text: answer.text)
    }
}

extension EnreachClient {
    func list<Element: AnswerElement>(
        _ type: Element.Type, _ path: RequestName, _ query: [(String, String)] = []
    ) async throws -> Listing<Element> {
        let decoder = decoder
        let answer = try await session.get(configuration.requests[path], query: query) { (body) throws(JSONSyntaxError) in
            try decoder.list(type, from: body)
        }
        var listing = answer.value
        listing.serverTime = answer.serverTime
        report(listing.malformed, path)
        watch.see(listing)
        return listing
    }

    func object<Element: AnswerElement>(
        _ type: Element.Type, _ path: RequestName, id: UUID? = nil, suffix: String = ""
    ) async throws -> Element {
        let decoder = decoder
        let id = id?.uuidString.lowercased() ?? ""
        return try await session.get(configuration.requests[path] + suffix, id: id, query: []) { (body) throws(JSONSyntaxError) in
            try decoder.object(type, from: body)
        }.value
    }

    private func sliced<Element: AnswerElement & Seamed>(
        _ type: Element.Type, _ path: RequestName, _ ends: (RequestName, RequestName), _ from: Date, _ to: Date
    ) async throws -> Listing<Element> {
        let slices = TimeWindow(from: from, to: to).slices(widest: configuration.widestWindow)
        var all = Listing<Element>()
        var seen: Set<[UInt8]> = []
        for slice in slices {
            let query = [
                (configuration.requests[ends.0], VendorTime.filter(slice.from)),
                (configuration.requests[ends.1], VendorTime.filter(slice.to)),
            ]
            var part = try await list(type, path, query)
            if slices.count > 1 { part.elements.removeAll { !seen.insert($0.raw).inserted } }
            all.append(part)
        }
        return all
    }

    private func absolute(_ url: String?) async throws -> String? {
        guard let url, !url.contains("://") else { return url }
        let path = url.drop { $0 == "/" }
        return try await session.address() + "/" + path
    }

    private func report(_ malformed: [MalformedElement], _ path: RequestName) {
        guard let first = malformed.first else { return }
        EnreachMetrics.malformedElements(route: configuration.requests[path], count: malformed.count)
        logger.warning(
            "Enreach sent elements that can't be read",
            metadata: [
                "route": "\(configuration.requests[path])", "elements": "\(malformed.count)", "reason": "\(first.reason)",
            ])
    }
}

/// Elements that may come twice where two windows meet.
protocol Seamed {}
extension CallEvent: Seamed {}
extension ServiceCall: Seamed {}
