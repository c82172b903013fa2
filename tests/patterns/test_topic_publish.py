"""What a topic takes, what it answers to the rest, who wants it, and in which form it is delivered."""

from typing import Any

import pytest

from patterns.topic import answers
from simulator.engine.errors import Refused, ServiceError
from simulator.engine.message import as_text
from simulator.engine.run import Run
from tests.patterns.vocabulary import (
    conserved,
    do,
    endpoint,
    producer,
    queue,
    records,
    scenario,
    seconds,
    store,
    subscription,
    topic,
    worker,
)


def waiting(run: Run, name: str) -> list[Any]:
    """What waits in a queue, in its order."""
    found: Any = run.find(name)
    return [entry.message for entry in found.visible.first(1000)]


def publish(run: Run, message: Any, name: str = "news", **more: Any) -> Any:
    call = do(run, name, "Publish", Message=message, **more)
    if call.error is not None:
        raise call.error
    return call.result


def gets(run: Run, name: str) -> list[str]:
    """The texts that have come to a queue that is delivered to raw."""
    run.advance(run.now + seconds(1))
    return [as_text(message.body) for message in waiting(run, name)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"Message": ""}, "Invalid parameter: Empty message"),
        ({"Message": "x" * 262_145}, "Invalid parameter: Message too long"),
        ({"Message": "x", "Subject": "s" * 100}, "Invalid parameter: Subject"),
        ({"Message": "x", "Subject": "two\nlines"}, "Invalid parameter: Subject"),
        ({"Message": "x", "Subject": ""}, "Invalid parameter: Subject"),
        ({"Message": "x", "MessageStructure": "xml"}, "Invalid parameter: MessageStructure"),
        (
            {"Message": "{}", "MessageStructure": "json"},
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
        (
            {"Message": {"default": 1}, "MessageStructure": "json"},
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        ),
        (
            {"Message": "{", "MessageStructure": "json"},
            "Invalid parameter: Message Structure - JSON message body failed to parse",
        ),
        (
            {"Message": '{"default": "a", "default": "b"}', "MessageStructure": "json"},
            "Invalid parameter: Message Structure - JSON message body failed to parse",
        ),
        (
            {"Message": "x", "MessageDeduplicationId": "1"},
            answers.NOT_FIFO.message,
        ),
    ],
)
def test_what_is_wrong_is_refused_in_the_services_words(arguments: dict[str, Any], sentence: str):
    """Source: SNS API Reference, Publish."""
    run = scenario(topic("news"))
    call = do(run, "news", "Publish", **arguments)
    assert call.error is not None
    assert (call.error.code, call.error.message) == ("InvalidParameter", sentence)
    assert not records(run, "accepted")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("a..b", "x"),
        (".a", "x"),
        ("a.", "x"),
        ("AWS.a", "x"),
        ("amazon.a", "x"),
        ("a b", "x"),
        ("a" * 257, "x"),
        ("a", ""),
        ("a", {"DataType": "Text", "StringValue": "x"}),
        ("a", {"DataType": "Number", "StringValue": "many"}),
        ("a", 10**9 + 1),
    ],
)
def test_attributes_have_rules(name: str, value: Any):
    """Source: SNS Developer Guide, "Amazon SNS message attributes"."""
    run = scenario(topic("news"))
    with pytest.raises(ServiceError, match="The message attribute"):
        publish(run, "x", MessageAttributes={name: value})
    assert publish(run, "x", MessageAttributes={"a.b-c_1": value if isinstance(value, str) and value else "x"})


def test_a_batch_is_taken_entry_by_entry():
    """Source: SNS API Reference, PublishBatch."""
    run = scenario(queue("office"), topic("news", subscription("office", RawMessageDelivery=True)))
    entries = [
        {"Id": "a", "Message": "one"},
        {"Id": "b", "Message": "two", "MessageDeduplicationId": "x"},
        {"Id": "c", "Message": "three"},
    ]
    answer = do(run, "news", "PublishBatch", PublishBatchRequestEntries=entries).result
    assert [one["Id"] for one in answer["Successful"]] == ["a", "c"]
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("b", "InvalidParameter", True)
    assert sorted(gets(run, "office")) == ["one", "three"]


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([], "EmptyBatchRequest"),
        ([{"Id": str(number), "Message": "x"} for number in range(11)], "TooManyEntriesInBatchRequest"),
        ([{"Id": "a", "Message": "x"}, {"Id": "a", "Message": "x"}], "BatchEntryIdsNotDistinct"),
        ([{"Id": "a b", "Message": "x"}], "InvalidBatchEntryId"),
        ([{"Id": str(number), "Message": "x" * 140_000} for number in range(2)], "BatchRequestTooLong"),
    ],
)
def test_a_batch_that_is_wrong_as_a_whole_changes_nothing(entries: list[dict[str, Any]], code: str):
    """Source: SNS API Reference, PublishBatch, Errors."""
    run = scenario(topic("news"))
    call = do(run, "news", "PublishBatch", PublishBatchRequestEntries=entries)
    assert call.error is not None and call.error.code == code
    assert not records(run, "accepted")


def test_each_protocol_gets_its_part_of_a_structured_message():
    """Source: SNS API Reference, Publish (MessageStructure)."""
    run = scenario(
        queue("office"),
        endpoint("mail", kind="email"),
        topic("news", subscription("office", RawMessageDelivery=True), to="mail"),
    )
    run.advance(seconds(5))
    publish(run, {"default": "all", "sqs": "queues", "nobody": "x", "email": 5}, MessageStructure="json")
    assert gets(run, "office") == ["queues"]
    assert [message.body for message in run.trace.made if message.cause] == ["queues", "all"]


@pytest.mark.parametrize("text", ["plain", '{ "a" : 1 }', '{"a":1}', '["ü", 1e3]', "{broken", " x\n"])
def test_raw_is_the_message_byte_for_byte_and_else_it_is_in_the_envelope(text: str):
    """Law 11; source: SNS Developer Guide, "Amazon SNS raw message delivery"."""
    run = scenario(
        queue("raw"), queue("wrapped"), topic("news", subscription("raw", RawMessageDelivery=True), to="wrapped")
    )
    publish(run, text, Subject="news", MessageAttributes={"tier": "gold", "size": 3})
    run.advance(seconds(1))
    (raw,), (wrapped,) = waiting(run, "raw"), waiting(run, "wrapped")
    assert as_text(raw.body) == text
    assert raw.attributes == {"tier": "gold", "size": 3}
    assert wrapped.attributes is None
    assert {name: wrapped.body[name] for name in ("Type", "Message", "Subject", "TopicArn", "MessageAttributes")} == {
        "Type": "Notification",
        "Message": text,
        "Subject": "news",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:news",
        "MessageAttributes": {"tier": {"Type": "String", "Value": "gold"}, "size": {"Type": "Number", "Value": "3"}},
    }
    assert wrapped.size == len(as_text(wrapped.body).encode())


def test_a_function_gets_records():
    """Source: SNS Developer Guide, "Fanout Amazon SNS notifications to Lambda functions"."""
    run = scenario(worker("office"), topic("news", to="office"))
    publish(run, "hello")
    (event,) = [message.body for message in run.trace.made if message.cause]
    (record,) = event["Records"]
    assert record["EventSource"] == "aws:sns"
    assert record["Sns"]["Message"] == "hello" and "SigningCertUrl" in record["Sns"]


def test_raw_delivery_of_more_than_ten_attributes_to_a_queue_fails_at_once():
    """Source: SNS Developer Guide, "Amazon SNS raw message delivery" (client-side error)."""
    run = scenario(
        queue("raw"), queue("wrapped"), topic("news", subscription("raw", RawMessageDelivery=True), to="wrapped")
    )
    publish(run, "x", MessageAttributes={f"a{number}": "x" for number in range(11)})
    run.advance(seconds(60))
    assert (len(waiting(run, "raw")), len(waiting(run, "wrapped"))) == (0, 1)
    assert len(records(run, "gave_up")) == 1 and not records(run, "retrying")
    assert conserved(run)


def test_a_policy_that_asks_for_an_attribute_never_matches_without_it():
    """Laws 5 and 6; source: SNS Developer Guide, "Amazon SNS subscription filter policies"."""
    policies = {
        "exact": {"a": ["x"]},
        "absent": {"a": [{"exists": False}]},
        "but": {"a": [{"anything-but": ["x"]}]},
    }
    run = scenario(
        *map(queue, policies),
        topic("news", *(subscription(one, policy=policies[one], RawMessageDelivery=True) for one in policies)),
    )
    publish(run, "none")
    publish(run, "x", MessageAttributes={"a": "x"})
    publish(run, "xy", MessageAttributes={"a": ["x", "y"]})
    assert {one: sorted(gets(run, one)) for one in policies} == {
        "exact": ["x", "xy"],
        "absent": ["none"],
        "but": ["xy"],
    }
    reasons = [record[5] for record in records(run, "filtered_out")]
    assert reasons[0] == '$.a is not there; asked for "x"'


def test_a_policy_looks_into_the_body_of_a_json_object_only():
    """Source: SNS Developer Guide, "Amazon SNS subscription filter policy scope"."""
    run = scenario(
        queue("office"),
        topic(
            "news",
            subscription("office", policy={"a": {"b": [5]}}, FilterPolicyScope="MessageBody", RawMessageDelivery=True),
        ),
    )
    publish(run, {"a": {"b": 5}})
    publish(run, {"a": {"b": 6}})
    publish(run, "five")
    assert gets(run, "office") == ['{"a":{"b":5}}']
    assert records(run, "filtered_out")[1][5] == "the body is no JSON object"


def test_true_and_one_are_not_the_same_to_a_policy_that_remembers():
    """What a policy said of one value is never said of another."""
    run = scenario(
        queue("office"),
        topic(
            "news",
            subscription("office", policy={"a": [True]}, FilterPolicyScope="MessageBody", RawMessageDelivery=True),
        ),
    )
    for value in (True, 1, 1.0, True):
        publish(run, {"a": value})
    assert gets(run, "office") == ['{"a":true}', '{"a":true}']


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        ({str(key): ["x"] for key in range(5)}, ""),
        ({str(key): ["x"] for key in range(6)}, "Filter policy can not have more than 5 keys"),
        ({"a": list(range(10)), "b": list(range(15))}, ""),
        ({"a": [*range(151)]}, "Filter policy is too complex"),
        ({"a": {"b": ["x"]}}, "Filter policy scope MessageAttributes does not support nested filter policy"),
        ({"a": []}, "Empty arrays are not allowed"),
    ],
)
def test_a_policy_has_limits(policy: dict[str, Any], sentence: str):
    """Law 7; source: SNS Developer Guide, "Filter policy constraints"."""
    made = topic("news", subscription("office", policy=policy))
    if not sentence:
        scenario(queue("office"), made)
        return
    with pytest.raises(Refused) as refused:
        scenario(queue("office"), made)
    assert f"Invalid parameter: FilterPolicy: {sentence}" in str(refused.value)
    assert refused.value.problems[0].path.startswith("links.0.settings.FilterPolicy")


def test_a_wrong_policy_is_refused_with_the_place():
    """Source: SNS API Reference, SetSubscriptionAttributes (InvalidParameter); the place is ours."""
    wrong = {"tier": ["gold", {"prefixes": "x"}]}
    with pytest.raises(Refused) as refused:
        scenario(queue("office"), topic("news", subscription("office", policy=wrong)))
    assert refused.value.problems[0].path == "links.0.settings.FilterPolicy.tier.1"
    assert "Unrecognized match type prefixes" in refused.value.problems[0].problem
    run = scenario(queue("office"), topic("news", to="office"))
    with pytest.raises(Refused) as refused:
        do(run, "news-office", "change", FilterPolicy=wrong)
    assert refused.value.problems[0].path == "FilterPolicy.tier.1"
    given = {"SubscriptionArn": "office", "AttributeName": "FilterPolicy", "AttributeValue": wrong}
    call = do(run, "news", "SetSubscriptionAttributes", **given)
    assert call.error is not None
    assert call.error.message.startswith("Invalid parameter: FilterPolicy: Unrecognized match type prefixes")
    assert call.error.message.endswith("(at tier.1)")


def test_the_group_of_a_standard_topic_reaches_only_standard_queues():
    """Law 13; source: SNS API Reference, Publish (MessageGroupId)."""
    run = scenario(queue("fair"), endpoint("hook"), worker("office"), topic("news", to=["fair", "hook", "office"]))
    run.advance(seconds(5))
    publish(run, "hello", MessageGroupId="tenant")
    copies = [message.group for message in run.trace.made if message.cause]
    assert copies == ["tenant", None, None]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            (queue("q", FifoQueue=True, ContentBasedDeduplication=True), topic("news", to="q")),
            "FIFO SQS Queues can not be subscribed to standard SNS topics",
        ),
        ((worker("w"), topic("news", to="w", FifoTopic=True)), "only Amazon SQS queues can be subscribed to FIFO"),
        ((endpoint("w"), topic("news", to="w", FifoTopic=True)), "only Amazon SQS queues can be subscribed to FIFO"),
        ((endpoint("a", kind="api"), topic("news", to="a")), "Amazon SNS does not support this protocol string: api"),
        ((store("s"), topic("news", to="s")), "Amazon SNS does not support this protocol string"),
        ((worker("w"), topic("news", subscription("w", RawMessageDelivery=True))), "lambda has no raw delivery"),
        ((queue("q"), topic("news", subscription("q", DeliveryPolicy={}))), "DeliveryPolicy: is set"),
        ((queue("q"), topic("news", subscription("q", dead="lost"))), "Draw a dead-letter line"),
        (
            (
                queue("q", FifoQueue=True),
                queue("lost"),
                topic("news", subscription("q", dead="lost"), dead="lost", FifoTopic=True),
            ),
            "must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic",
        ),
        (
            (
                queue("q"),
                queue("lost", FifoQueue=True),
                topic("news", subscription("q", dead="lost"), dead="lost"),
            ),
            "a standard queue",
        ),
        (
            (queue("q"), topic("news", {**subscription("q"), "id": "one"}, {**subscription("q"), "id": "two"})),
            "Subscription already exists",
        ),
        ((endpoint("m", kind="email"), topic("news", to="m", MaximumMessageSize=300_000)), "can be larger than"),
        ((queue("q"), topic("news", subscription("q", ReplayPolicy={"StartingPoint": 0}))), "keeps no archive"),
        ((topic("news", ArchivePolicy={"MessageRetentionPeriod": 3}),), "which only a FIFO topic has"),
        ((topic("news", FifoTopic=True, ArchivePolicy={"MessageRetentionPeriod": 366}),), "at most 365"),
    ],
)
def test_what_does_not_fit_together_is_refused(parts: Any, said: str):
    """Source: SNS API Reference, Subscribe and SetSubscriptionAttributes."""
    with pytest.raises(Refused) as refused:
        scenario(*parts)
    assert said in str(refused.value)


def test_attributes_of_a_subscription_change_while_the_run_goes_on():
    """Source: SNS API Reference, SetSubscriptionAttributes and GetSubscriptionAttributes."""
    run = scenario(queue("office"), queue("lost"), topic("news", to="office", dead="lost"))
    arn = "arn:aws:sns:us-east-1:123456789012:news:news-office"

    def set_(name: str, value: Any) -> Any:
        return do(
            run, "news", "SetSubscriptionAttributes", SubscriptionArn=arn, AttributeName=name, AttributeValue=value
        )

    for name, value in (
        ("FilterPolicy", '{"tier": ["gold"]}'),
        ("RawMessageDelivery", "true"),
        ("RedrivePolicy", '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:lost"}'),
    ):
        assert set_(name, value).error is None
    publish(run, "basic", MessageAttributes={"tier": "basic"})
    publish(run, "gold", MessageAttributes={"tier": "gold"})
    assert gets(run, "office") == ["gold"]
    told = do(run, "news", "GetSubscriptionAttributes", SubscriptionArn="office").result["Attributes"]
    assert told["FilterPolicy"] == '{"tier": ["gold"]}' and told["RawMessageDelivery"] == "true"
    assert told["PendingConfirmation"] == "false" and "lost" in told["RedrivePolicy"]
    for name, value, sentence in (
        ("FilterPolicy", '{"tier": "gold"}', 'FilterPolicy: "tier" must be an object or an array'),
        ("DeliveryPolicy", "{}", "Invalid parameter: DeliveryPolicy"),
        ("RedrivePolicy", '{"deadLetterTargetArn": "nowhere"}', "Invalid parameter: RedrivePolicy"),
        ("Colour", "blue", "Invalid parameter: AttributeName"),
    ):
        call = set_(name, value)
        assert call.error is not None and sentence in call.error.message, call.error
    assert set_("FilterPolicy", "").error is None
    publish(run, "all")
    assert "all" in gets(run, "office")


def test_attributes_of_a_topic_are_shown_and_changed():
    """Source: SNS API Reference, SetTopicAttributes and GetTopicAttributes."""
    run = scenario(
        endpoint("hook"), endpoint("mail", kind="email", confirms_after=None), topic("news", to=["hook", "mail"])
    )
    run.advance(seconds(5))
    told = do(run, "news", "GetTopicAttributes").result["Attributes"]
    assert (told["SubscriptionsConfirmed"], told["SubscriptionsPending"]) == ("1", "1")
    assert '"numRetries": 3' in told["EffectiveDeliveryPolicy"]
    policy = '{"http": {"defaultHealthyRetryPolicy": {"numRetries": 1}, "disableSubscriptionOverrides": true}}'
    assert do(run, "news", "SetTopicAttributes", AttributeName="DeliveryPolicy", AttributeValue=policy).error is None
    do(run, "hook", "down")
    publish(run, "hello")
    run.advance(seconds(120))
    assert len(records(run, "retrying")) == 1
    for name, value in (("FifoTopic", "true"), ("MaximumMessageSize", "1"), ("ContentBasedDeduplication", "true")):
        call = do(run, "news", "SetTopicAttributes", AttributeName=name, AttributeValue=value)
        assert call.error is not None and call.error.code == "InvalidParameter", name


def test_a_loop_of_topics_and_functions_ends():
    """Nothing multiplies without end, however stations are linked."""
    run = scenario(worker("office", to="news", service=seconds(0.01)), topic("news", to="office"))
    publish(run, "hello")
    run.advance(seconds(3600))
    assert conserved(run)
    assert len(records(run, "accepted")) < 300


def test_the_bench_offers_the_policies_that_are_set():
    run = scenario(
        queue("a"),
        queue("b"),
        topic(
            "news",
            subscription("a", policy={"tier": ["gold"]}),
            subscription("b", policy='{"x": [1]}', FilterPolicyScope="MessageBody"),
        ),
    )
    publish(run, {"x": 2}, MessageAttributes={"tier": "gold"})
    bench = run.scenario.nodes[2].pattern.bench
    assert bench is not None
    examples = bench.examples(run.find("news"))
    dialects = {dialect.name: dialect for dialect in bench.dialects}
    verdicts = [dialects[one.dialect].judge(one.pattern, one.event).matched for one in examples]
    assert [one.title for one in examples] == ["a", "b"] and verdicts == [True, False]


def test_a_producer_publishes_what_its_attributes_say():
    run = scenario(
        producer("shop", to="news", limit=20, attributes={"tier": {"one_of": ["gold", "basic"]}}),
        queue("gold"),
        topic("news", subscription("gold", policy={"tier": ["gold"]}, RawMessageDelivery=True)),
    )
    run.advance(seconds(600))
    found = [message.attributes for message in waiting(run, "gold")]
    assert found and all(one == {"tier": "gold"} for one in found)
    assert len(found) + len(records(run, "filtered_out")) == 20
