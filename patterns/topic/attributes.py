"""The attributes of a topic and of its subscriptions as the service shows and takes them: names with text values.

Source: SNS API Reference, GetTopicAttributes, SetTopicAttributes, GetSubscriptionAttributes, SetSubscriptionAttributes.
"""

import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from patterns.topic import answers, phases
from patterns.topic.config import SubscriptionSettings, TopicSettings
from patterns.topic.delivery_policy import effective
from patterns.topic.subscription import CONFIRMED, DELETED, PENDING, Subscription
from simulator.engine.arns import ACCOUNT
from simulator.engine.clock import SECOND
from simulator.engine.errors import Refused, ServiceError, problems_of
from simulator.engine.json_text import value_of
from simulator.engine.link import Link
from simulator.engine.message import as_text
from simulator.engine.operations import Call

if TYPE_CHECKING:
    from patterns.topic.node import Topic

OF_TOPIC = tuple(name for name in TopicSettings.model_fields if name[0].isupper())
OF_SUBSCRIPTION = tuple(name for name in SubscriptionSettings.model_fields if name[0].isupper())


def set_topic_attributes(topic: "Topic", call: Call) -> None:
    """Change one attribute. Raises ServiceError with the service's sentence when it can't be taken."""
    name, value = call.arguments.AttributeName, _value(call.arguments.AttributeValue)
    if name not in OF_TOPIC:
        raise answers.invalid("AttributeName")
    try:
        settings = TopicSettings.model_validate(topic.settings.model_dump(exclude_unset=True) | {name: value})
    except ValidationError as error:
        raise _refusal(name, error) from None
    problems = topic.objections(settings)
    if problems:
        raise answers.invalid(name, str(problems[0]).rstrip("."))
    topic.record("attributes_set", 0, f"{name} = {as_text(call.arguments.AttributeValue)[:200]}")
    topic.run.reconfigure(topic, {name: value})
    call.reply(None)


def get_topic_attributes(topic: "Topic", call: Call) -> None:
    settings = topic.settings
    states = [one.state for one in topic.subscriptions.values()]
    told = {
        "TopicArn": topic.arn,
        "Owner": ACCOUNT,
        "SubscriptionsConfirmed": str(states.count(CONFIRMED)),
        "SubscriptionsPending": str(states.count(PENDING)),
        "SubscriptionsDeleted": str(states.count(DELETED)),
        "EffectiveDeliveryPolicy": json.dumps(_effective(effective(settings.DeliveryPolicy, None)[0])),
    }
    call.reply({"Attributes": told | _given(settings, OF_TOPIC)})


def set_subscription_attributes(topic: "Topic", call: Call) -> None:
    """Change one attribute of a subscription. Raises ServiceError as `set_topic_attributes` does."""
    given = call.arguments
    subscription = _found(topic, given.SubscriptionArn)
    link, name = subscription.link, given.AttributeName
    if name not in OF_SUBSCRIPTION:
        raise answers.invalid("AttributeName")
    value = given.AttributeValue if name == "FilterPolicy" else _value(given.AttributeValue)
    value = None if value == "" else value
    try:
        written = link.settings.model_dump(mode="json", exclude_unset=True)
        settings = SubscriptionSettings.model_validate(written | {name: value})
    except ValidationError as error:
        raise _refusal(name, error) from None
    problems = topic.objections_to_link(link, settings)
    if problems:
        raise answers.invalid(name, str(problems[0]).rstrip("."))
    topic.record("attributes_set", 0, f"{name} of {link.target.id} = {as_text(given.AttributeValue)[:200]}")
    _reconfigure(topic, link, name, value)
    call.reply(None)


def get_subscription_attributes(topic: "Topic", call: Call) -> None:
    subscription = _found(topic, call.arguments.SubscriptionArn)
    told = {
        "SubscriptionArn": subscription.arn,
        "TopicArn": topic.arn,
        "Owner": ACCOUNT,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.link.target.id,
        "PendingConfirmation": _text(subscription.state == PENDING),
    }
    if subscription.protocol == "http":
        told["EffectiveDeliveryPolicy"] = json.dumps(_effective(subscription.schedule))
    if subscription.replay is not None:
        told["ReplayStatus"] = subscription.replay.status
    call.reply({"Attributes": told | _given(subscription.settings, OF_SUBSCRIPTION)})


def _found(topic: "Topic", name: str) -> Subscription:
    subscription = topic.subscription(name)
    if subscription is None or subscription.state == DELETED:
        raise answers.NO_SUBSCRIPTION
    return subscription


def _reconfigure(topic: "Topic", link: Link, name: str, value: Any) -> None:
    try:
        topic.run.reconfigure(link, {name: value})
    except Refused as refused:
        raise answers.invalid(name, str(refused.problems[0]).rstrip(".")) from None


def _value(given: Any) -> Any:
    """The service's text as a value: true and false, numbers and policies."""
    if not isinstance(given, str):
        return given
    if given in ("true", "false"):
        return given == "true"
    if given.lstrip()[:1] in ("{", "[") or given.isdecimal():
        try:
            return value_of(given)
        except ValueError:
            raise answers.invalid("AttributeValue", "it is not JSON") from None
    return given or None


def _refusal(name: str, error: ValidationError) -> ServiceError:
    """What is wrong, in the service's shape."""
    problem = problems_of(error)[0]
    said = problem.problem
    if said.startswith("Invalid parameter: "):
        place = problem.path.removeprefix(name).lstrip(".")
        return ServiceError(answers.INVALID, f"{said} (at {place})" if place else said)
    return answers.invalid(name, str(problem).rstrip("."))


def _given(settings: BaseModel, names: tuple[str, ...]) -> dict[str, str]:
    """The attributes that are set, as text."""
    values = {name: getattr(settings, name) for name in names}
    return {name: _text(value) for name, value in values.items() if value not in (None, "")}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, BaseModel):
        return json.dumps(value.model_dump(mode="json", exclude_none=True))
    return as_text(value)


def _effective(schedule: phases.Schedule) -> dict[str, Any]:
    """A schedule as a delivery policy."""
    return {
        "healthyRetryPolicy": {
            "minDelayTarget": schedule.shortest // SECOND,
            "maxDelayTarget": schedule.longest // SECOND,
            "numRetries": schedule.total,
            "numNoDelayRetries": schedule.immediate,
            "numMinDelayRetries": schedule.pre,
            "numMaxDelayRetries": schedule.post,
            "backoffFunction": schedule.function,
        }
    }
