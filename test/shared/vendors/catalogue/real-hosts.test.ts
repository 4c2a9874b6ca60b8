import { describe, expect, test } from 'vitest';
import { createCatalogue } from '../../../../shared/vendors/catalogue/create-catalogue.ts';

const catalogue = createCatalogue();
const said = (host: string) => {
  const found = catalogue.recognise(host);
  return found && [found.vendor.id, found.service?.id ?? '-', found.region ?? '-'].join(' ');
};

/** Host → vendor, service, region; `-` where there is none. */
const REAL: Record<string, string> = {
  'api.openai.com': 'openai api -',
  'eu.api.openai.com': 'openai api eu',
  'us.api.openai.com': 'openai api us',
  'jp.api.openai.com': 'openai api jp',
  'auth.openai.com': 'openai auth -',
  'cdn.openai.com': 'openai - -',
  'api.anthropic.com': 'anthropic api -',
  'console.anthropic.com': 'anthropic console -',

  's3.amazonaws.com': 'aws s3 -',
  'bucket.s3.amazonaws.com': 'aws s3 -',
  'my.dotted.bucket.s3.amazonaws.com': 'aws s3 -',
  's3.eu-west-1.amazonaws.com': 'aws s3 eu-west-1',
  'bucket.s3.eu-west-1.amazonaws.com': 'aws s3 eu-west-1',
  'my.dotted.bucket.s3.us-west-2.amazonaws.com': 'aws s3 us-west-2',
  'bucket.s3-us-west-2.amazonaws.com': 'aws s3 us-west-2',
  'bucket.s3.dualstack.us-east-2.amazonaws.com': 'aws s3 us-east-2',
  'bucket.s3-accelerate.amazonaws.com': 'aws s3 -',
  'ap-123.s3-accesspoint.eu-central-1.amazonaws.com': 'aws s3 eu-central-1',
  's3.cn-north-1.amazonaws.com.cn': 'aws s3 cn-north-1',
  'dynamodb.us-east-1.amazonaws.com': 'aws dynamodb us-east-1',
  '123456789012.ddb.us-east-1.amazonaws.com': 'aws dynamodb us-east-1',
  'streams.dynamodb.eu-west-1.amazonaws.com': 'aws dynamodb eu-west-1',
  'bedrock-runtime.us-east-1.amazonaws.com': 'aws bedrock-runtime us-east-1',
  'bedrock-runtime-fips.us-east-1.amazonaws.com': 'aws bedrock-runtime us-east-1',
  'bedrock.eu-west-3.amazonaws.com': 'aws bedrock eu-west-3',
  'sts.amazonaws.com': 'aws sts -',
  'sts.eu-north-1.amazonaws.com': 'aws sts eu-north-1',
  'sqs.us-east-1.amazonaws.com': 'aws sqs us-east-1',
  'sqs.us-east-1.api.aws': 'aws sqs us-east-1',
  'lambda.ap-southeast-2.amazonaws.com': 'aws lambda ap-southeast-2',
  'secretsmanager.us-east-1.amazonaws.com': 'aws secrets-manager us-east-1',
  'logs.us-east-1.amazonaws.com': 'aws cloudwatch us-east-1',
  '123456789012.dkr.ecr.us-east-1.amazonaws.com': 'aws ecr us-east-1',
  'iam.amazonaws.com': 'aws iam -',
  'newthing.us-east-1.amazonaws.com': 'aws - us-east-1',

  'storage.googleapis.com': 'google-cloud storage -',
  'bucket.storage.googleapis.com': 'google-cloud storage -',
  'us-central1-aiplatform.googleapis.com': 'google-cloud vertex us-central1',
  'aiplatform.googleapis.com': 'google-cloud vertex -',
  'aiplatform.europe-west3.rep.googleapis.com': 'google-cloud vertex europe-west3',
  'bigquery.googleapis.com': 'google-cloud bigquery -',
  'pubsub.googleapis.com': 'google-cloud pubsub -',
  'us-east1-pubsub.googleapis.com': 'google-cloud pubsub us-east1',
  'secretmanager.googleapis.com': 'google-cloud secrets -',
  'iamcredentials.googleapis.com': 'google-cloud iam -',
  'eu-documentai.googleapis.com': 'google-cloud documentai eu',
  'europe-docker.pkg.dev': 'google-cloud registry europe',
  'eu.gcr.io': 'google-cloud registry eu',
  'logging.googleapis.com': 'google-cloud logging -',
  'compute.googleapis.com': 'google-cloud compute -',
  'generativelanguage.googleapis.com': 'google gemini -',
  'maps.googleapis.com': 'google maps -',
  'places.googleapis.com': 'google maps -',
  'oauth2.googleapis.com': 'google oauth -',
  'accounts.google.com': 'google oauth -',
  'www.googleapis.com': 'google apis -',
  'sheets.googleapis.com': 'google sheets -',
  'fcm.googleapis.com': 'google fcm -',
  'gmail.googleapis.com': 'google gmail -',
  'shop-default-rtdb.firebaseio.com': 'google firebase -',
  'shop.europe-west1.firebasedatabase.app': 'google firebase europe-west1',
  'newthing.googleapis.com': 'google - -',

  'contoso.openai.azure.com': 'azure openai -',
  'contoso.services.ai.azure.com': 'azure foundry -',
  'contoso.cognitiveservices.azure.com': 'azure cognitive -',
  'westeurope.api.cognitive.microsoft.com': 'azure cognitive westeurope',
  'swedencentral.tts.speech.microsoft.com': 'azure speech swedencentral',
  'contoso.blob.core.windows.net': 'azure blob -',
  'contoso.queue.core.windows.net': 'azure queue -',
  'contoso.dfs.core.windows.net': 'azure datalake -',
  'contoso.documents.azure.com': 'azure cosmos -',
  'contoso-westeurope.documents.azure.com': 'azure cosmos westeurope',
  'contoso.vault.azure.net': 'azure keyvault -',
  'contoso.servicebus.windows.net': 'azure servicebus -',
  'management.azure.com': 'azure resource-manager -',
  'contoso.search.windows.net': 'azure search -',
  'contoso.azurecr.io': 'azure registry -',
  'dev.azure.com': 'azure devops -',
  'dc.services.visualstudio.com': 'azure monitor -',
  'graph.microsoft.com': 'microsoft graph -',
  'login.microsoftonline.com': 'microsoft login -',
  'contoso.sharepoint.com': 'microsoft sharepoint -',
  'contoso.crm4.dynamics.com': 'microsoft dynamics -',
  'api.powerbi.com': 'microsoft power-bi -',

  'api.stripe.com': 'stripe api -',
  'files.stripe.com': 'stripe files -',
  'dashboard.stripe.com': 'stripe - -',
  'api.twilio.com': 'twilio api -',
  'api.dublin.ie1.twilio.com': 'twilio api ie1',
  'verify.twilio.com': 'twilio verify -',
  'api.github.com': 'github api -',
  'raw.githubusercontent.com': 'github content -',
  'ghcr.io': 'github packages -',
  'npm.pkg.github.com': 'github packages -',
  'slack.com': 'slack api -',
  'hooks.slack.com': 'slack webhooks -',
  'acme.slack.com': 'slack - -',
  'acme.myshopify.com': 'shopify admin -',
  'api.datadoghq.com': 'datadog api us1',
  'api.datadoghq.eu': 'datadog api eu1',
  'api.us5.datadoghq.com': 'datadog api us5',
  'http-intake.logs.ap1.datadoghq.com': 'datadog logs ap1',
  'o1.ingest.de.sentry.io': 'sentry ingest de',
  'o1.ingest.sentry.io': 'sentry ingest -',
  'api.mailgun.net': 'mailgun api us',
  'api.eu.mailgun.net': 'mailgun api eu',
  'log-api.eu.newrelic.com': 'newrelic ingest eu',
  'llm-gateway.eu.assemblyai.com': 'assemblyai llm-gateway eu',
  'acme.eu.auth0.com': 'auth0 tenant eu',
  'abcdefgh.supabase.co': 'supabase project -',
  'acme.zendesk.com': 'zendesk api -',
  'us21.api.mailchimp.com': 'mailchimp api -',
  'abc-dsn.algolia.net': 'algolia search -',
  'xy12345.eu-central-1.snowflakecomputing.com': 'snowflake account eu-central-1',
};

test.each(Object.entries(REAL))('%s is %s', (host, expected) => {
  expect(said(host)).toBe(expected);
});

describe('look-alikes and customers of platforms are not the platform', () => {
  test.each([
    'api.openai.com.evil.io',
    'notstripe.com',
    'stripe.com.co',
    'api-stripe.com',
    'api.stripe.com.attacker.net',
    'xn--strpe-4ve.com',
    'openai.com-login.app',
    'amazonaws.com.phish.io',
    's3.amazonaws.com.evil.org',
    'fakegithub.com',
    'api.github.com.io',
    'googleapis.com.ru',
    'microsoftonline.com.login-page.de',
    'acme.vercel.app',
    'acme.netlify.app',
    'acme.pages.dev',
    'acme.workers.dev',
    'acme.herokuapp.com',
    'acme.fly.dev',
    'acme.onrender.com',
    'acme.github.io',
    'acme.gitlab.io',
    'acme.azurewebsites.net',
    'acme-123.a.run.app',
    'acme.web.app',
    'acme.ngrok.io',
    'd1.cloudfront.net',
    'acme.eu-west-1.elasticbeanstalk.com',
    'acme.lambda-url.eu-west-1.on.aws',
    'acme-1.eu-west-1.elb.amazonaws.com',
    'ec2-1-2-3-4.eu-west-1.compute.amazonaws.com',
  ])('%s', (host) => {
    const found = catalogue.recognise(host);
    expect(found === null ? [] : [found.vendor.listed, found.service]).toEqual([false, null]);
  });
});

test('every host that a service writes out is that service’s', () => {
  for (const vendor of catalogue.all()) {
    for (const service of vendor.services) {
      for (const host of service.hosts) {
        if (host.includes('{') || host.includes('*') || /\d$/.test(host)) continue;
        expect([host, catalogue.recognise(host)?.vendor.id, catalogue.recognise(host)?.service?.id]).toEqual([
          host,
          vendor.id,
          service.id,
        ]);
      }
    }
  }
});
